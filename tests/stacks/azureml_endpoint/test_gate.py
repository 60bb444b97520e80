"""Which slots must answer before the template is sent."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest

from shared.outputs import Invoke
from tests.stacks.azureml_endpoint.program import STACK


def load() -> ModuleType:
    spec = spec_from_file_location("gate", STACK / "endpoint" / "gate.py")
    assert spec
    assert spec.loader
    gate = module_from_spec(spec)
    spec.loader.exec_module(gate)
    return gate


def inputs(**shares: int) -> dict[str, Any]:
    """Of the template, as the engine gives them to a hook."""
    return {"properties": {"template": {"resources": [{"properties": {"traffic": shares}}]}}}


@pytest.mark.parametrize(
    ("before", "after", "asked"),
    [
        (None, inputs(blue=100, green=0), ["blue"]),
        (inputs(blue=100, green=0), inputs(blue=90, green=10), ["green"]),
        (inputs(blue=90, green=10), inputs(blue=0, green=100), ["green"]),
        (inputs(blue=0, green=100), inputs(blue=100, green=0), ["blue"]),
        (inputs(blue=100), inputs(blue=50, green=50), ["green"]),
        (inputs(blue=90, green=10), inputs(blue=90, green=10), []),
    ],
)
def test_a_slot_is_asked_when_its_share_grows(before: Any, after: Any, asked: list[str]) -> None:
    assert load().find_growing(before, after) == asked


def test_the_first_template_is_asked_about_as_later_ones_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """The hook of the SDK would register with an engine."""
    monkeypatch.setattr("pulumi.ResourceHook", lambda _name, function: function)

    hooks = load().ask_before("split", Invoke(url="https://churn.example.com/score", auth="aad_token"), 5)

    assert hooks.before_create == hooks.before_update
    assert len(hooks.before_create) == 1
