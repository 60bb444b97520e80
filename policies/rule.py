"""What a rule is: one function that yields messages, and its metadata, written once on it.

A rule about one resource is `def name(resource)`; one about relations is `def name(resource, stack)` and runs at the
end, when every resource is registered. One about a change is `def name(was, now, stack)`: `was` is the resource as it
was deployed, `now` as it is to be; it is asked where the previous state is known, and of a resource that goes where its
`now` is declared as `Resource | None`. A rule about serving (`serving=True`) runs at the end too: only then it is known
which resources serve, and it judges no others. The first line of the docstring is the title, the rest is the reason.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property, partial
from types import CodeType
from typing import Any

from pulumi_policy import (
    EnforcementLevel,
    Policy,
    PolicyComplianceFramework,
    PolicyConfigSchema,
    ResourceValidationPolicy,
    Severity,
    StackValidationPolicy,
)

from .frameworks import NAMES, Requirement, requirements
from .properties import Mismatch, UnknownValueError
from .resources import Resource, Stack
from .serving import serves

CATEGORIES = ("autoscaling", "availability", "security", "observability", "cost", "lifecycle", "hygiene")
STACK = "pulumi:pulumi:Stack"


class Kind(StrEnum):
    VIOLATION = "violation"
    UNKNOWN = "unknown"
    FAILURE = "failure"


@dataclass(frozen=True)
class Outcome:
    """What a rule says of one resource; `message` names an unknown value. A rule that is content says nothing."""

    kind: Kind
    message: str


@dataclass(frozen=True)
class Rule:
    """A rule and all that is known of it. `config_key` is the key in `Pulumi.<env>.yaml` whose value decides.

    `serving` rules judge the resources of their types that serve (`policies.serving`), and leave the others alone.
    `remedy` are paths with the one right value of each, for rules that a remediation can satisfy.
    """

    name: str
    title: str
    why: str
    on: tuple[str, ...]
    category: str
    severity: Severity
    reference: str
    fix: str
    config_key: str | None
    check: Callable[..., Iterator[str]]
    serving: bool = False
    remedy: tuple[tuple[str, Any], ...] = ()

    @property
    def relational(self) -> bool:
        """Whether the rule must wait until every resource is registered."""
        return self.serving or self._asks > 1

    @property
    def compares(self) -> bool:
        """Whether the rule judges a change: it needs the previous state."""
        return self._asks == 3

    @property
    def _asks(self) -> int:
        return self._code.co_argcount

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """The thresholds that a team may set: the keyword-only parameters of the rule's function."""
        if not self._code.co_kwonlyargcount:  # a signature costs more than all else about a rule, at every start
            return {}
        parameters = inspect.signature(self.check).parameters.values()
        return {
            parameter.name: parameter for parameter in parameters if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        }

    @cached_property
    def _code(self) -> CodeType:
        """The code of the rule's function, with thresholds set or not."""
        return self._function.__code__

    @property
    def _judges_what_goes(self) -> bool:
        """Whether a rule about changes is asked of what goes, too: its `now` may be None."""
        return "None" in str(self._function.__annotations__["now"])

    @property
    def _function(self) -> Callable[..., Iterator[str]]:
        return inspect.unwrap(getattr(self.check, "func", self.check))

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """What frameworks ask for it."""
        return requirements(self.reference)

    def with_parameters(self, values: Mapping[str, Any]) -> Rule:
        """The rule with other thresholds."""
        return replace(self, check=partial(self.check, **values)) if values else self

    def outcomes(self, resource: Resource, stack: Stack | None = None) -> Iterator[Outcome]:
        """Judges one resource. Whatever the rule meets is an outcome; nothing is raised and nothing passes unsaid."""
        yield from self._outcomes_of(resource, self._messages(resource, stack))

    def changes(self, was: Resource, stack: Stack) -> Iterator[Outcome]:
        """Judges what becomes of a resource of the previous state."""
        now = stack.successor(was)
        if now or self._judges_what_goes:
            yield from self._outcomes_of(was, self.check(was, now, stack))

    def _outcomes_of(self, resource: Resource, messages: Iterator[str]) -> Iterator[Outcome]:
        try:
            for message in messages:
                yield Outcome(Kind.VIOLATION, message)
        except UnknownValueError as unknown:
            yield Outcome(Kind.UNKNOWN, f"{'.'.join(unknown.props)} is not known before apply")
        except Mismatch as mismatch:
            yield Outcome(Kind.VIOLATION, str(mismatch))
        except Exception as error:
            yield Outcome(Kind.FAILURE, f"the rule itself failed on {resource}: {type(error).__name__}: {error}")

    def _messages(self, resource: Resource, stack: Stack | None) -> Iterator[str]:
        if self.serving and stack and not serves(resource, stack):
            return
        if self._asks == 2:
            yield from self.check(resource, stack)
        else:
            yield from self.check(resource.declared if self.serving else resource)

    def policy(self, level: EnforcementLevel) -> Policy:
        """The rule as a native policy: what the engine is told about it."""
        kind = StackValidationPolicy if self.relational else ResourceValidationPolicy
        return kind(
            name=self.name,
            description=self.title,
            validate=_leave_reporting_to_the_host,
            enforcement_level=level,
            display_name=self.title,
            severity=self.severity,
            tags=[self.category],
            remediation_steps=self.fix,
            url=self.reference,
            config_schema=self._config_schema(),
            framework=self._framework(),
        )

    def _config_schema(self) -> PolicyConfigSchema | None:
        """What the engine checks the rule's configuration against, as JSON schema."""
        if not self.parameters:
            return None
        return PolicyConfigSchema({name: json_schema(parameter) for name, parameter in self.parameters.items()})

    def _framework(self) -> PolicyComplianceFramework | None:
        first = next(iter(self.requirements), None)
        return first and PolicyComplianceFramework(
            name=NAMES[first.framework], reference=first.id, specification=self.reference
        )


def json_schema(parameter: inspect.Parameter) -> dict[str, Any]:
    """The schema of a threshold: a whole number, or a list of text."""
    default = parameter.default
    if isinstance(default, int):
        return {"type": "integer", "minimum": 0, "default": default}
    return {"type": "array", "items": {"type": "string", "minLength": 1}, "default": list(default)}


def rule(
    *on: str,
    category: str,
    severity: str,
    reference: str,
    fix: str,
    config_key: str | None = None,
    serving: bool = False,
    remedy: Mapping[str, Any] | None = None,
) -> Callable[[Callable[..., Iterator[str]]], Rule]:
    """Makes a rule of a function. `on` are the types of the resources it judges, one call each.

    Rules are written with the decorators of their category, as in `@cost.low(…)`.
    """

    def make(check: Callable[..., Iterator[str]]) -> Rule:
        title, _, why = inspect.cleandoc(check.__doc__ or "").partition("\n")
        name = check.__name__.replace("_", "-")
        reason = " ".join(why.split())
        grave = Severity(severity)
        return Rule(
            name,
            title.rstrip("."),
            reason,
            on,
            category,
            grave,
            reference,
            fix,
            config_key,
            check,
            serving,
            tuple((remedy or {}).items()),
        )

    return make


class Category:
    """The decorators of a category's rules, one for each severity."""

    def __init__(self, name: str) -> None:
        self.critical = partial(rule, category=name, severity="critical")
        self.high = partial(rule, category=name, severity="high")
        self.medium = partial(rule, category=name, severity="medium")
        self.low = partial(rule, category=name, severity="low")


autoscaling, availability, security, observability, cost, lifecycle, hygiene = map(Category, CATEGORIES)


def _leave_reporting_to_the_host(args: Any, report: Any) -> None:
    """Native policies have one level for every finding; exemptions and unknown values need their own: see `host`.

    Raises RuntimeError: the SDK's own host was started with these policies.
    """
    raise RuntimeError("judged by policies.host, which knows exemptions, unknown values and failures")
