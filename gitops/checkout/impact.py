"""Which targets a change affects, and why: a pure function of the changed files and the texts of the checkout.

A target that no change affects is neither previewed nor deployed. In doubt a target counts as affected. A change of the
policies or of the tool affects a target's preview, but not what is deployed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import yaml

from gitops.checkout.environments import FILE as ENVIRONMENTS
from gitops.checkout.reach import Module, Reach, Read, follow, names_file, strings_in
from gitops.checkout.rooms import POLICIES, PROGRAM_FOLDERS, TOOL, VERSIONS
from gitops.checkout.targets import Target

JUDGE, RUNNER = f"{POLICIES}/", (*(f"{room}/" for room in TOOL), "Makefile")
NOWHERE = ("docs/", "tests/", ".github/", "locks/")
PROSE = (".md", ".txt", ".png", ".svg")


@dataclass(frozen=True)
class Affected:
    """`deployed` is False where only the preview changes. `after` are affected targets whose outputs it reads."""

    target: Target
    reason: str
    deployed: bool = True
    after: tuple[Target, ...] = ()


def find_affected(
    changed: Iterable[str], targets: Sequence[Target], files: Iterable[str], read: Read
) -> list[Affected]:
    """The affected targets in the order of `targets`. `files` are the paths of the checkout, `changed` may be gone."""
    changed, parsed = sorted(set(changed)), dict[str, Module]()
    own = programs(files)
    reaches = {stack: reach_of(stack, own, read, parsed) for stack in {target.stack for target in targets}}
    configs = {target: config_strings(target, read) for target in targets}
    reached = {
        target: reasons
        for target in targets
        if (reasons := list(reasons_for(target, changed, reaches[target.stack], configs[target])))
    }
    needed = references(targets, reaches, configs)
    spread(reached, needed)
    return [tell(target, reached[target], needed[target] & reached.keys()) for target in targets if target in reached]


def programs(files: Iterable[str]) -> dict[str, list[str]]:
    """The Python files of each stack's own folder."""
    exporters: dict[str, list[str]] = {}
    for file in files:
        parts = file.split("/")
        if parts[0] == "stacks" and len(parts) > 2 and file.endswith(".py"):
            exporters.setdefault(parts[1], []).append(file)
    return exporters


def reach_of(stack: str, own: Mapping[str, list[str]], read: Read, parsed: dict[str, Module]) -> Reach:
    return follow(own.get(stack, ()), (f"stacks/{stack}", ""), read, parsed)


def config_strings(target: Target, read: Read) -> frozenset[str]:
    return read_strings(read(f"stacks/{target.stack}/Pulumi.{target.environment}.yaml") or "")


@lru_cache(maxsize=4096)
def read_strings(text: str) -> frozenset[str]:
    """Every string of a YAML text; empty for a text that is not YAML."""
    try:
        return frozenset(strings_in(yaml.safe_load(text)))
    except yaml.YAMLError:
        return frozenset()


def find_dependencies(targets: Sequence[Target], files: Iterable[str], read: Read) -> list[Affected]:
    """Each of the targets, with those of the targets whose outputs it may read."""
    own, parsed = programs(files), dict[str, Module]()
    reaches = {stack: reach_of(stack, own, read, parsed) for stack in {target.stack for target in targets}}
    needed = references(targets, reaches, {target: config_strings(target, read) for target in targets})
    return [Affected(target, "", after=tuple(sorted(needed[target]))) for target in targets]


Reason = tuple[str, bool]
"""Why a target is affected, and whether it is to be deployed for it."""


def reasons_for(target: Target, changed: Iterable[str], reach: Reach, config: Iterable[str]) -> Iterable[Reason]:
    for file in changed:
        reason = reason_for(target, file, reach, config)
        if reason:
            yield reason


def reason_for(target: Target, file: str, reach: Reach, config: Iterable[str]) -> Reason | None:
    """Why one changed file affects a target, None if it does not."""
    if file in VERSIONS:
        return f"{file} affects every program", True
    if file.startswith(f"stacks/{target.stack}/"):
        return reason_in_folder(target, file)
    if file in reach.files:
        return f"{reach.files[file]} imports {file}", True
    for text, by in reach.strings.items():
        if names_file(text, file, PROGRAM_FOLDERS):
            return f"{by} names {file}", True
    if any(names_file(text, file, ()) for text in config):
        return f"Pulumi.{target.environment}.yaml names {file}", True
    if reach.dynamic and file.startswith(tuple(f"{room}/" for room in PROGRAM_FOLDERS)):
        return f"{reach.dynamic} imports modules by a variable, and {file} may be one of them", True
    if file.startswith(JUDGE) and not file.endswith(PROSE):
        return f"{file} judges it", False
    if file == ENVIRONMENTS:
        return f"{file} sets the levels of its policies", False
    if file.startswith(RUNNER) and not file.endswith(PROSE):
        return f"{file} is part of the tool that previews it", False
    return reason_of_stranger(file)


def reason_in_folder(target: Target, file: str) -> Reason | None:
    name = file.rsplit("/", 1)[-1]
    if file.count("/") == 2 and name.startswith("Pulumi.") and name != "Pulumi.yaml":
        return (f"{file} configures it", True) if name == f"Pulumi.{target.environment}.yaml" else None
    return None if name.endswith(".md") else (f"{file} is the stack's own", True)


def reason_of_stranger(file: str) -> Reason | None:
    """A file in a top-level folder that this module does not know affects everything; a file at the top is prose or
    settings."""
    known = ("stacks/", JUDGE, *RUNNER, *NOWHERE, *(f"{room}/" for room in PROGRAM_FOLDERS))
    return None if file.startswith(known) or "/" not in file else (f"the purpose of {file} is unknown", True)


def references(
    targets: Sequence[Target], reaches: Mapping[str, Reach], configs: Mapping[Target, frozenset[str]]
) -> dict[Target, set[Target]]:
    """The targets whose outputs each target may read: its program has a StackReference and names the other stack."""
    stacks = {target.stack for target in targets}
    needed: dict[Target, set[Target]] = {target: set() for target in targets}
    for target in targets:
        reach = reaches[target.stack]
        if not reach.refers:
            continue
        texts = {*reach.strings, *configs[target]}
        named = {stack for stack in stacks - {target.stack} if any(stack in text for text in texts)}
        needed[target] = {
            other for other in targets if other.stack in named and other.environment == target.environment
        }
    return needed


def spread(reached: dict[Target, list[Reason]], needed: Mapping[Target, set[Target]]) -> None:
    """Adds the targets that depend on affected ones, to the end of every chain."""
    moving = [target for target, reasons in reached.items() if any(deployed for _, deployed in reasons)]
    while moving:
        source = moving.pop()
        for target, others in needed.items():
            if source in others and not any(deployed for _, deployed in reached.get(target, ())):
                reached.setdefault(target, []).append((f"it reads outputs of {source}", True))
                moving.append(target)


def tell(target: Target, reasons: Sequence[Reason], after: Iterable[Target]) -> Affected:
    """All reasons in one sentence, the most important first."""
    ordered = sorted(reasons, key=lambda reason: (not reason[1], not reason[0].startswith("stacks/")))
    more = f", and {len(ordered) - 1} more" if len(ordered) > 1 else ""
    return Affected(target, ordered[0][0] + more, ordered[0][1], tuple(sorted(after)))
