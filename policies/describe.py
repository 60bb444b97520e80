"""`python -m policies.describe`: the catalogue of rules as JSON, for tools that show findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from .levels import Levels
from .pack import read_pack
from .renamed import RENAMED
from .rule import Rule, json_schema
from .settings import NOT_SET, BadConfig, Settings
from .tables import BadTable


def description(rules: Iterable[Rule], levels: Levels, settings: Settings = NOT_SET) -> list[dict[str, Any]]:
    """One entry per rule, in the catalogue's order, as the settings have it.

    `config_key` is null where no key of a stack decides; `set_by` are the environments with another level than the
    pack's own, and the file that says so.
    """
    return [_entry(settings.apply_to(rule), levels, settings) for rule in rules]


def _entry(rule: Rule, levels: Levels, settings: Settings) -> dict[str, Any]:
    choices = {
        environment: settings.level(rule, levels.column(environment), levels.of(rule, environment))
        for environment in levels.environments
    }
    return {
        "rule": rule.name,
        "formerly": [former for former, name in RENAMED.items() if name == rule.name],
        "title": rule.title,
        "why": rule.why,
        "fix": rule.fix,
        "reference": rule.reference,
        "severity": rule.severity.value,
        "category": rule.category,
        "config_key": rule.config_key,
        "levels": {environment: choice.level.value for environment, choice in choices.items()},
        "set_by": {environment: choice.by for environment, choice in choices.items() if choice.by},
        "resource_types": list(rule.on),
        "frameworks": [{"framework": requirement.framework, "id": requirement.id} for requirement in rule.requirements],
        "parameters": {name: json_schema(parameter) for name, parameter in rule.parameters.items()},
        "remedy": dict(rule.remedy),
    }


def main(_arguments: Sequence[str] = ()) -> None:
    try:
        pack = read_pack()
        print(json.dumps(description(pack.rules, pack.levels, pack.settings), indent=2, ensure_ascii=False))
    except (BadTable, BadConfig) as error:
        sys.exit(f"the policy pack cannot describe itself: {error}")


if __name__ == "__main__":
    main()
