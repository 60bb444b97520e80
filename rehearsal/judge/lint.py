"""Runs cfn-lint's rules about what AWS accepts on a template, and reports matches with Pulumi's property paths.

cfn-lint's rules about the template's text and about single values are switched off. `provider_facts` checks single
values with the same schemas, and knows where Pulumi differs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from rehearsal.judge.refusal import Refusal
from rehearsal.judge.template import UNKNOWN_RESOURCE, Template, Translated
from rehearsal.tables import read_table

_JUDGED = re.compile(r"E(25|3)\d\d+$")
LEFT_OUT = read_table(Path(__file__).with_name("left_out.toml"))
"""The cfn-lint rules whose matches are ignored, and why."""
_OF_ABSENCE = ("required", "expected", "must specify", "is not valid")


class Linter:
    """cfn-lint with its rules loaded. Loading takes 2.3 s of processor time, each resource 8 ms (2026-11-21)."""

    def __init__(self) -> None:
        from cfnlint.core import _DEFAULT_RULESDIR
        from cfnlint.rules import Rules

        every = Rules.create_from_directory(_DEFAULT_RULESDIR)
        # Ignored rules stay loaded too, because some of them walk the template and call the other rules.
        self.rules = Rules({name: rule for name, rule in every.items() if name.startswith("E")})

    def judge(self, template: Template) -> Iterator[Refusal]:
        for match in self._matches(template):
            refusal = _refusal(match, template) if is_judged(match.rule.id) else None
            if refusal:
                yield refusal

    def _matches(self, template: Template) -> list[Any]:
        """Returns the matches of all rules.

        A rule that raises an exception stops the other rules. The template is then linted again without the resources
        that caused exceptions.
        """
        resources = template.document()["Resources"]
        matches = self._run(resources, template.region)
        if not any(map(_is_exception, matches)):
            return matches
        unknown = {UNKNOWN_RESOURCE: resources[UNKNOWN_RESOURCE]}
        sound = {
            name: resource
            for name, resource in resources.items()
            if not any(map(_is_exception, self._run({**unknown, name: resource}, template.region)))
        }
        return self._run(sound, template.region)

    def _run(self, resources: Mapping[str, Any], region: str) -> list[Any]:
        from cfnlint.config import ConfigMixIn
        from cfnlint.template.template import Template as CfnTemplate

        config = ConfigMixIn(regions=[region], ignore_checks=["W", "I"])
        document = {"Resources": dict(resources)}
        return list(self.rules.run(None, CfnTemplate(None, document, [region]), config))


def _is_exception(match: Any) -> bool:
    return match.message.startswith("Exception ") and "raised while validating" in match.message


def is_judged(name: str) -> bool:
    return bool(_JUDGED.match(name)) and name not in LEFT_OUT


def _refusal(match: Any, template: Template) -> Refusal | None:
    """The match as a refusal; None if a property that the translation left out may have caused it."""
    path = list(match.path)
    if path[:1] != ["Resources"] or len(path) < 2 or path[1] not in template.resources:
        return None
    one, inside = template.resources[path[1]], tuple(path[3:])
    if _misses_something(match, one, inside):
        return None
    source = match.rule.source_url or "https://github.com/aws-cloudformation/cfn-lint/blob/main/docs/rules.md"
    message = f"{match.message} ({match.rule.shortdesc})"
    return Refusal(one.pulumi_path(inside) or "inputs", message, source, f"cfn-lint {match.rule.id}", one.resource.urn)


def _misses_something(match: Any, one: Translated, inside: tuple[str | int, ...]) -> bool:
    about_absence = any(word in match.message.lower() for word in _OF_ABSENCE)
    return about_absence and any(inside[: len(at)] == at for at in one.left_out)
