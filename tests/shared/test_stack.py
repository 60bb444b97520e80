"""The one read of the engine's config: all faults at once, before any resource."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pulumi
import pytest
from pulumi.runtime import settings

from shared.problem import InvalidConfig
from shared.stack import Stack
from shared.validate import load_settings
from tests.shared.configs import EXAMPLE, ROOT, Config


class Cloud(pulumi.runtime.Mocks):
    """Counts what a program asks of it."""

    def __init__(self) -> None:
        self.asked = 0

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        self.asked += 1
        return args.name, args.inputs

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[Any, Any], list[tuple[str, str]] | None]:
        self.asked += 1
        return {}, None


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    mocks = Cloud()
    asyncio.set_event_loop(asyncio.new_event_loop())  # a test that ran before may have closed the thread's own
    pulumi.runtime.set_mocks(mocks, project=f"{EXAMPLE}", stack="prod")
    yield mocks
    pulumi.runtime.set_all_config({})
    settings.ROOT.set(None)  # it waits for this loop, and whoever registers after this would wait for it


def hand_over(config: Config) -> None:
    """As the engine does: blocks as JSON text, single values as they are."""
    values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in config.values.items()}
    pulumi.runtime.set_all_config(values)


def test_every_fault_is_raised_at_once_with_file_and_line(cloud: Cloud) -> None:
    hand_over(Config(EXAMPLE).set(["scaling", "min"], 900).set(["tags", "owner"], 7).remove(["logs"]))
    with pytest.raises(InvalidConfig) as raised:
        Stack.load(load_settings(ROOT / "stacks" / EXAMPLE))
    found = {problem.key: problem for problem in raised.value.problems}
    assert set(found) >= {f"{EXAMPLE}:scaling.min", f"{EXAMPLE}:tags.owner", f"{EXAMPLE}:logs"}
    lines = (ROOT / f"stacks/{EXAMPLE}/Pulumi.prod.yaml").read_text().splitlines()
    assert lines[found[f"{EXAMPLE}:scaling.min"].line - 1].strip().startswith("min:")
    assert f"stacks/{EXAMPLE}/Pulumi.prod.yaml:" in str(raised.value)
    assert cloud.asked == 0


def test_a_value_given_on_the_command_line_is_checked_too(cloud: Cloud) -> None:
    config = Config(EXAMPLE)
    config.values[f"{EXAMPLE}:scalling"] = {"min": 1}
    hand_over(config)
    with pytest.raises(InvalidConfig, match="did you mean 'scaling'"):
        Stack.load(load_settings(ROOT / "stacks" / EXAMPLE))
