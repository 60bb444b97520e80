"""`python -m tests.stacks.golden [stack …]` applies the stacks on the rehearsal clouds and writes their inventories.

`golden/<stack>.yaml` holds prod whole, and of the other environments what differs (`tests.stacks.configs.merge`).
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from gitops.files import write_text
from tests.files import read_yaml
from tests.stacks.configs import FULL, STACKS, TARGETS, differences
from tests.stacks.inventory import inventory
from tests.worlds import find_deployment

GOLDEN = Path(__file__).parent / "golden"
# what the engine and the clouds make up: a hash, the end of an automatic name (Azure's follows without a hyphen)
MADE_UP = re.compile(
    r"\b_?[0-9a-f]{16,}\b"
    r"|(?<=-)[0-9a-f]{7}\b"
    r"|(?<=-)[0-9a-f]{17}\b"
    r"|(?<=[a-z])(?=[a-f]*\d)[0-9a-f]{8}\b"
    r"|(?<=:key/)[0-9a-f-]{36}"
)


@cache
def golden(stack: str) -> dict[str, Any]:
    return read_yaml(GOLDEN / f"{stack}.yaml")


def found(target: str) -> dict[str, Any]:
    """What the golden file should hold of a deployed target."""
    stack, _, environment = target.partition("/")
    whole = plain(inventory(find_deployment(target)))
    if environment == FULL:
        return whole
    full = plain(inventory(find_deployment(f"{stack}/{FULL}")))
    return differences(mask(full, FULL), mask(whole, environment))


def plain(value: Any) -> Any:
    return yaml.safe_load(as_yaml(value))


def mask(value: Any, environment: str) -> Any:
    """Without what differs between environments for no reason of the config: made-up ids, the environment's name.

    A list of maps becomes a map by index, so that one changed key is one line.
    """
    if isinstance(value, list) and value and all(isinstance(inner, dict) for inner in value):
        value = {f"[{index}]": inner for index, inner in enumerate(value)}
    if isinstance(value, dict):
        return {mask(key, environment): mask(inner, environment) for key, inner in value.items()}
    if isinstance(value, list):
        return [mask(inner, environment) for inner in value]
    if isinstance(value, str):
        return re.sub(rf"\b{environment}\b", "<environment>", MADE_UP.sub("<id>", value))
    return value


def as_yaml(value: Any) -> str:
    return yaml.safe_dump(value, sort_keys=True, allow_unicode=True, width=120)


def main(stacks: list[str]) -> None:
    for stack in stacks or STACKS:
        targets = {target.partition("/")[2]: target for target in TARGETS if target.startswith(f"{stack}/")}
        document = {environment: found(targets[environment]) for environment in reversed(targets)}
        path = GOLDEN / f"{stack}.yaml"
        write_text(path, yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=120))
        print(f"wrote {path.relative_to(GOLDEN.parents[2])}")


if __name__ == "__main__":
    main(sys.argv[1:])
