"""`python -m tests.policies.mutations`: breaks one property of a recorded target at a time and asks who finds it.

The breaks are data (`mutations.yaml`): add a row `{in: [stack/env, …], at: key in the inventory, set: path, to: value,
rule: who must find it}`; no `to` removes the property, `drop: true` the resource.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from policies.examples import Break, Raw, read_break
from tests.files import read_yaml
from tests.policies.record import table
from tests.policies.wire import RULES, Said, host, judge
from tests.stacks.configs import TARGETS
from tests.worlds import programs

FILE = Path(__file__).with_name("mutations.yaml")


@dataclass(frozen=True)
class Mutation:
    target: str
    change: Break

    def __str__(self) -> str:
        return f"{self.target} {self.change.resource} {self.change.path or '(dropped)'} → {self.change.rule}"


def targets() -> list[str]:
    return TARGETS


@cache
def inventory(target: str) -> Raw:
    """What a target deployed, as a table to try the judge on."""
    return table(programs(target.partition("/")[0]).resources(target))


@cache
def mutations() -> tuple[Mutation, ...]:
    rows = read_yaml(FILE)
    return tuple(Mutation(target, read_break(row)) for row in rows for target in row["in"])


def of_deleted_stacks() -> set[str]:
    """The rules whose breaks need a stack that this fork has deleted."""
    return {mutation.change.rule for mutation in mutations() if mutation.target not in TARGETS}


def ask(target: str, raw: Raw, rule: str = "") -> list[Said]:
    """What the pack says, or one rule of it."""
    stack, _, environment = target.partition("/")
    rules = [each for each in RULES if each.name == rule] if rule else None
    return judge(raw, host(environment, rules, before=inventory(target), project=stack), environment, stack)


def find_missed(target: str) -> Iterator[Mutation]:
    """The breaks of a target that their rule does not find."""
    for mutation in (mutation for mutation in mutations() if mutation.target == target):
        if not ask(target, mutation.change.apply_to(inventory(target)), mutation.change.rule):
            yield mutation


def main() -> None:
    lost = [mutation for target in targets() for mutation in find_missed(target)]
    for mutation in lost:
        print(f"not found: {mutation}")
    total = sum(mutation.target in TARGETS for mutation in mutations())
    print(f"{total - len(lost)} of {total} breaks found by the right rule ({100 * (1 - len(lost) / total):.1f} %)")


if __name__ == "__main__":
    main()
