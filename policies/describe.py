"""`python -m policies.describe`: the catalogue of rules as JSON, for tools that show findings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence
from typing import Any

from .levels import Levels, read_levels
from .rule import Rule, json_schema
from .rules import catalogue
from .tables import BadTable


def description(rules: Iterable[Rule], levels: Levels) -> list[dict[str, Any]]:
    """One entry per rule, in the catalogue's order. `config_key` is null where no setting decides."""
    return [
        {
            "rule": rule.name,
            "title": rule.title,
            "why": rule.why,
            "fix": rule.fix,
            "reference": rule.reference,
            "severity": rule.severity.value,
            "category": rule.category,
            "config_key": rule.config_key,
            "levels": {environment: levels.of(rule, environment).value for environment in levels.environments},
            "resource_types": list(rule.on),
            "frameworks": [{"framework": each.framework, "id": each.id} for each in rule.requirements],
            "parameters": {name: json_schema(each) for name, each in rule.parameters.items()},
            "remedy": dict(rule.remedy),
        }
        for rule in rules
    ]


def main(_arguments: Sequence[str] = ()) -> None:
    rules = catalogue()
    try:
        print(json.dumps(description(rules, read_levels(rules)), indent=2, ensure_ascii=False))
    except BadTable as error:
        sys.exit(f"the policy pack cannot describe itself: {error}")


if __name__ == "__main__":
    main()
