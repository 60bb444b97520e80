"""A container is told the digest of the model that the config names, and starts with no other file.

The reviewed plans do not show it: a function's environment and a task's definition are secrets there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from rehearsal.inventory import Inventory
from tests.shared.configs import Config
from tests.worlds import programs


def of_a_function(inputs: dict[str, Any]) -> dict[str, str]:
    return inputs["environment"]["variables"]


def of_a_task(inputs: dict[str, Any]) -> dict[str, str]:
    (container,) = json.loads(inputs["containerDefinitions"])
    return {each["name"]: each["value"] for each in container["environment"]}


@pytest.mark.parametrize(
    ("stack", "kind", "key", "environment"),
    [
        ("lambda_api", "aws:lambda/function:Function", ("function", "model_sha256"), of_a_function),
        ("ecs_service", "aws:ecs/taskDefinition:TaskDefinition", ("release", "artefact_digest"), of_a_task),
    ],
)
def test_a_container_is_told_which_model_it_may_serve(
    stack: str, kind: str, key: tuple[str, ...], environment: Callable[[dict[str, Any]], dict[str, str]]
) -> None:
    config = Config(stack)
    holder, name = config.at(key)
    clouds, here = Inventory(programs(stack).sandbox.clouds), f":{config.environment}::"
    told = {
        environment(resource.inputs).get("MODEL_SHA256") for resource in clouds.of_type(kind) if here in resource.urn
    }
    assert told == {holder[name].removeprefix("sha256:")}
