"""`python -m policies.lost FOLDER`: which breaks in another revision's examples this pack does not find, as JSON.

A rule that was edited until it finds nothing shows here even while no stack violates it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from .examples import Break, Example, Raw, read_examples, resources_of
from .judge import Judge
from .levels import Levels, read_levels
from .renamed import current_name
from .resources import Stack
from .rule import Rule
from .rules import catalogue


def find_lost_breaks(
    rules: Iterable[Rule], levels: Levels, examples: Iterable[Example]
) -> Iterator[tuple[Example, Break]]:
    """Breaks of the examples that their rule, at the strictest levels, does not find."""
    known = tuple(rules)
    for example in examples:
        for case in example.breaks:
            judge = Judge(known, levels, (), levels.strictest, date.max)
            if current_name(case.rule) not in find_rules(judge, case.apply_to(example.resources), example.resources):
                yield example, case


def find_rules(judge: Judge, raw: Raw, before: Raw) -> set[str]:
    """Names of the rules that find something in a table of resources, or in what changed since `before`."""
    findings = [finding for resource in resources_of(raw) for finding in judge.resource(resource)]
    findings += judge.stack(Stack(resources_of(raw, outputs=True), Stack(resources_of(before, outputs=True))))
    return {finding.rule.name for finding in findings}


def main(folder: str) -> None:
    rules = catalogue()
    rows = [
        {"rule": current_name(broken.rule), "example": example.name, "resource": broken.resource, "path": broken.path}
        for example, broken in find_lost_breaks(rules, read_levels(rules), read_examples(Path(folder)))
    ]
    print(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main(sys.argv[1])
