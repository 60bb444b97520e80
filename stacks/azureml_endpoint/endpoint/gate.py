"""A check before traffic moves: a slot whose share grows must answer first.

Traffic is one template, sent after the slots; the engine calls these hooks right before it sends it. A hook that raises
fails the update, so the shares stay as they are. See docs/adr/0017-a-slot-answers-before-its-traffic.md.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pulumi

from shared.outputs import Invoke

ROOT = Path(__file__).resolve().parents[3]
# https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints#test-the-new-deployment
HEADER = "azureml-model-deployment"


def ask_before(name: str, invoke: Invoke, seconds: int) -> pulumi.ResourceHookBinding:
    """Hooks for the template: each slot that gets more traffic is asked, for up to `seconds`."""

    async def ask(args: pulumi.ResourceHookArgs) -> None:
        url = await pulumi.Output.from_input(invoke.url).future()
        target = f"{pulumi.get_project()}/{pulumi.get_stack()}"
        for slot in find_growing(args.old_inputs, args.new_inputs):
            how = {**invoke.mapping(), "url": url, "headers": {HEADER: slot}}
            command = [sys.executable, "-m", "gitops.deployed.ask", target, json.dumps(how), str(seconds)]
            done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True, text=True)
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise RuntimeError(f"the slot {slot} gets no traffic, as it does not answer its request: {reason}")

    hook = pulumi.ResourceHook(name, ask)
    return pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook])


def find_growing(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[str]:
    """The slots whose share is larger in the template that will be sent than in the one before."""
    old, new = read_shares(before), read_shares(after)
    return [slot for slot, share in new.items() if share > old.get(slot, 0)]


def read_shares(inputs: Mapping[str, Any] | None) -> dict[str, float]:
    if not inputs:
        return {}
    (endpoint,) = inputs["properties"]["template"]["resources"]
    return endpoint["properties"]["traffic"]
