"""`python -m policies.document`: docs/policies.md, the catalogue for people, made from the rules and their examples."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pulumi_policy import EnforcementLevel

from .checked import EVIDENCE, Checked, read_checked
from .examples import REMOVED, Break, Example, at, read_examples
from .frameworks import NAMES
from .levels import Levels
from .pack import read_pack
from .rule import CATEGORIES, Rule
from .settings import NOT_SET, Settings

FILE = Path(__file__).parents[1] / "docs" / "policies.md"
INTRODUCTION = Path(__file__).with_name("introduction.md")


def document(
    rules: Iterable[Rule],
    levels: Levels,
    examples: Iterable[Example],
    checked: Checked,
    settings: Settings = NOT_SET,
) -> str:
    """The whole page: per category a table of levels, as the settings have them, and one section per rule, folded."""
    every = tuple(examples)
    parts = [INTRODUCTION.read_text(encoding="utf-8")]
    for category in CATEGORIES:
        members = [rule for rule in rules if rule.category == category]
        parts.append(f"## {category.capitalize()}\n\n{_table(members, levels, settings)}")
        parts.append(f"<details><summary>Each of these {len(members)} rules: why, its fix, an example</summary>\n")
        parts += [_section(rule, levels, every, checked, settings) for rule in members]
        parts.append("</details>\n")
    return "\n".join(parts)


def _table(rules: Iterable[Rule], levels: Levels, settings: Settings) -> str:
    lines = [f"| rule | severity | {' | '.join(levels.columns)} |", "|---|---|" + "---|" * len(levels.columns)]
    for rule in rules:
        choices = [settings.level(rule, column, own) for column, own in levels.row(rule).items()]
        row = [f"**{choice.level.value}**" if choice.by else choice.level.value for choice in choices]
        lines.append(f"| [{rule.name}](#{rule.name}) | {rule.severity.value} | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _section(rule: Rule, levels: Levels, examples: Iterable[Example], checked: Checked, settings: Settings) -> str:
    row = ", ".join(_level(rule, column, own, settings) for column, own in levels.row(rule).items())
    types = ", ".join(f"`{type_}`" for type_ in rule.on)
    lines = [f"### {rule.name}", "", f"**{rule.title}.** {rule.why}", ""]
    rests = f"; rests on {EVIDENCE[checked.evidence[rule.name]]}" if rule.name in checked.evidence else ""
    lines.append(f"- Severity {rule.severity.value}; {row}{rests}")
    lines.append(f"- Judges {types}" + (", where callers' requests reach it" if rule.serving else ""))
    lines.append(f"- Fix: {rule.fix}" + (f" Config key: `{rule.config_key}`." if rule.config_key else ""))
    reading = checked.readings.get(rule.name)
    seen = f" (last read against it on {reading.day}: {reading.against})" if reading else ""
    lines.append(f"- Reference: <{rule.reference}>{seen}")
    if rule.requirements:
        lines.append(f"- Asked for by {_requirements(rule)}")
    if rule.parameters:
        thresholds = ", ".join(
            f"`{name}` ({_value(_plain(parameter.default))})" for name, parameter in rule.parameters.items()
        )
        lines.append(f"- Thresholds, with their defaults: {thresholds}")
    if rule.remedy:
        values = ", ".join(f"`{path}` to {_value(value)}" for path, value in rule.remedy)
        lines.append(f"- Remediation sets {values}")
    cases = [(example, case) for example in examples for case in example.breaks if case.rule == rule.name]
    for example, each in cases[:1]:
        lines += _case(example.resources, each)
    return "\n".join([*lines, ""])


def _level(rule: Rule, column: str, own: EnforcementLevel, settings: Settings) -> str:
    choice = settings.level(rule, column, own)
    return f"{choice.level.value} in {column}" + (f" (by `{choice.by}`, else {own.value})" if choice.by else "")


def _case(resources: Mapping[str, Mapping[str, Any]], each: Break) -> list[str]:
    resource = resources[each.resource]
    if not each.path:
        return [f"- Passes with `{resource['type']}` in the stack; fails without it: {each.says}"]
    if each.path.startswith("@"):
        before, after = resource.get(each.path[1:], False), each.value
    else:
        before, after = at(resource["properties"], each.path), each.value
    path = each.path.removeprefix("@").replace(":[", "[")
    return [f"- Passes: `{path}` {_value(before)}", f"- Fails: `{path}` {_value(after)} ({each.says})"]


def _requirements(rule: Rule) -> str:
    """The frameworks, each once, with what they call it."""
    by_framework: dict[str, list[str]] = {}
    for requirement in rule.requirements:
        by_framework.setdefault(NAMES[requirement.framework], []).append(requirement.id)
    return "; ".join(f"{name} {', '.join(ids)}" for name, ids in by_framework.items())


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def _value(value: Any) -> str:
    if value is None or value is REMOVED:
        return "not set"
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def main() -> None:
    pack = read_pack()
    page = document(pack.rules, pack.levels, read_examples(), read_checked(pack.rules), pack.settings)
    if "--check" in sys.argv[1:]:
        current = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        sys.exit(0 if current == page else f"{FILE.name} is out of date; run `python -m policies.document`")
    FILE.parent.mkdir(exist_ok=True)
    written = FILE.with_suffix(".tmp")
    written.write_text(page, encoding="utf-8")
    written.replace(FILE)


if __name__ == "__main__":
    main()
