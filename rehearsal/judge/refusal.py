"""A judge's refusal (property path, the cloud's message, source), and the list of all rules."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from rehearsal.judge.program import Program, Resource

Found = Iterable[tuple[str, str]]
"""The result of a rule: property paths with the cloud's messages."""


@dataclass(frozen=True)
class Refusal:
    """One refusal of a resource.

    `path` is a Pulumi property path (`networkConfiguration.subnets`), `source` a link, and `rule` the rule's name.
    """

    path: str
    message: str
    source: str
    rule: str
    urn: str = ""

    @property
    def property(self) -> str:
        return self.path.partition(".")[0].partition("[")[0]

    def __str__(self) -> str:
        return f"{self.path}: {self.message} ({self.rule}: {self.source})"


@dataclass(frozen=True)
class Rule:
    """One rule. `judge` takes a resource, and its program too if the rule `follows` references."""

    judge: Callable[..., Found]
    source: str
    follows: bool

    @property
    def name(self) -> str:
        return self.judge.__name__.replace("_", "-")

    def refusals(self, resource: Resource, program: Program | None) -> Iterator[Refusal]:
        refused = self.judge(resource, program) if self.follows else self.judge(resource)
        for path, message in refused:
            yield Refusal(path, message, self.source, self.name, resource.urn)


RULES: dict[str, list[Rule]] = {}
"""All rules by type token."""


def rule(*types: str, source: str) -> Callable[[Callable[..., Found]], Callable[..., Found]]:
    """Registers a function as a rule for `types`; `azure-native:*` is every type of a package.

    A function with two parameters also receives the program.
    """

    def register(judge: Callable[..., Found]) -> Callable[..., Found]:
        made = Rule(judge, source, follows=len(inspect.signature(judge).parameters) == 2)
        for kind in types:
            RULES.setdefault(kind, []).append(made)
        return judge

    return register
