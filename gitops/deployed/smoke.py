"""The smoke check of a deployment: the model's canary, or a stack's own request, to the endpoint it deployed."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gitops.checkout.targets import Target
from gitops.deployed.invoke import Answer, call
from gitops.errors import UserError

FILE = "smoke.json"
DESCRIPTION = "model/model.toml"

PATIENCE = 300.0
"""Seconds until an endpoint must answer: new DNS names, roles and certificates take minutes to be known everywhere."""

PAUSE = 5.0

FINAL = frozenset({400, 405, 411, 413, 415, 422})
"""Answers that waiting does not change: the endpoint is there and does not take this request."""


def request_of(root: Path, target: Target) -> bytes | None:
    """The request's body: the stack's `smoke.json` where it has one, else the canary of `model/model.toml`, if any.

    The checkout's own code makes the canary's request, run and never imported. Raises `UserError` when it cannot.
    """
    own = target.folder(root) / FILE
    if own.is_file():
        return own.read_bytes()
    if not (root / DESCRIPTION).is_file():
        return None
    command = [sys.executable, "-m", "serving.description", "--canary"]
    done = subprocess.run(command, cwd=root, capture_output=True, timeout=60)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip().splitlines() or ["no reason given"]
        raise UserError(f"the canary's request cannot be made: {said[-1]}", where=DESCRIPTION)
    return done.stdout


def smoke(
    how: Mapping[str, Any],
    payload: bytes,
    *,
    patience: float = PATIENCE,
    send: Callable[[Mapping[str, Any], bytes], Answer] = call,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Answer:
    """The first 2xx answer, or the last answer when waiting does not help or `patience` seconds have passed.

    Raises `UserError` if there was no answer at all.
    """
    until = now() + patience
    while True:
        try:
            answer = send(how, payload)
        except UserError:
            if now() + PAUSE > until:
                raise
        else:
            if answer.fine or answer.status in FINAL or now() + PAUSE > until:
                return answer
        sleep(PAUSE)
