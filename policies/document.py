"""`python -m policies.document`: docs/policies.md, the catalogue for people, made from the rules and their examples."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from .checked import Reading, read_checked
from .examples import REMOVED, Break, Example, at, read_examples
from .frameworks import NAMES
from .levels import Levels, read_levels
from .rule import CATEGORIES, Rule
from .rules import catalogue

FILE = Path(__file__).parents[1] / "docs" / "policies.md"
INTRODUCTION = """# Policies

What the judge wants, why, and how to satisfy it. Made by `python -m policies.document` from the rules in
`policies/rules/`; change it there.

- A **mandatory** finding stops the run, an **advisory** one is told. Levels stand in `policies/levels.yaml`, and
  `environments.yaml` says which of its columns judges an environment; a stack of any other name gets the strictest.
- A finding the team lives with for a while is an entry of `policies/exemptions.yaml` with reason, owner and expiry.
  It stays visible as advice. An entry that has expired, covers too much or exempts nothing is itself a finding.
- Rules about serving judge what serves: what a front door, an endpoint, an API or a scalable target leads to
  (`policies/serving.py`). The category **hygiene** is about every bucket, key and log group; it is advice everywhere.
- A value that is not known before apply is said to be *not judged*, and is judged while applying. So is said of a
  change whose state before is not known: `gitops` gives it, elsewhere `POLICY_PREVIOUS_STATE=FILE` names it.
- A rule that fails is named, and counts as a mandatory finding.
- A pull request that weakens the judge is told so in its report and fails its check: rules removed, levels or
  thresholds lowered, findings or failing examples that the base's pack finds and the change's does not. Where that is
  meant, an entry of
  `policies/accepted.yaml` (`accepted:`, each with `what`, the report's sentence, `reason`, `owner`, `expires`) says so.
  An added exemption is told, and fails nothing: it has its own reason and owner.
- Levels, thresholds, required tags and whole categories are set for a repository in one file, `policies/config.json`
  ([its form](../policies/README.md#configure-it), `policies/schemas/config.json` for editors): every run reads it, a
  kept record of a run without it does not count, and a level or threshold that it lowers is told in the pull request
  like any other.
- In the program one entry of `ignore_changes` accepts a finding, with its reason; a baseline accepts what is there
  today (`gitops policies baseline`); `gitops policies --framework nist` lists the rules that a framework asks for.
- Rules named `change-…` compare with what was deployed.
- The pack starts in 0.25 s of processor time on an idle core: 0.20 are the engine's SDK, which the protocol needs (gRPC
  and protobuf 0.09, then what `import pulumi` brings whether it is used or not: OpenTelemetry 0.04, dill 0.04, asyncio,
  TLS and the automation API 0.03), 0.05 the rules and their tables. None of the SDK's part can be put off from outside.
- Each rule names its source. A day beside it says when, and in which copy, the rule was last read against it
  (`policies/checked.yaml`); where there is none, nobody has noted one since the rule was written.

To judge what already runs: `pulumi stack export --file STATE.json`, then `gitops policies check STATE.json`. To use the
pack in another repository, with levels and exemptions of its own: [policies/README.md](../policies/README.md).
"""


def document(rules: Iterable[Rule], levels: Levels, examples: Iterable[Example], checked: Mapping[str, Reading]) -> str:
    """The whole page: per category a table of levels, and one section per rule, folded."""
    every = tuple(examples)
    parts = [INTRODUCTION]
    for category in CATEGORIES:
        members = [rule for rule in rules if rule.category == category]
        parts.append(f"## {category.capitalize()}\n\n{_table(members, levels)}")
        parts.append(f"<details><summary>Each of these {len(members)} rules: why, its fix, an example</summary>\n")
        parts += [_section(rule, levels, every, checked.get(rule.name)) for rule in members]
        parts.append("</details>\n")
    return "\n".join(parts)


def _table(rules: Iterable[Rule], levels: Levels) -> str:
    lines = [f"| rule | severity | {' | '.join(levels.columns)} |", "|---|---|" + "---|" * len(levels.columns)]
    for rule in rules:
        row = [level.value for level in levels.row(rule).values()]
        lines.append(f"| [{rule.name}](#{rule.name}) | {rule.severity.value} | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _section(rule: Rule, levels: Levels, examples: Iterable[Example], reading: Reading | None) -> str:
    row = ", ".join(f"{level.value} in {column}" for column, level in levels.row(rule).items())
    types = ", ".join(f"`{type_}`" for type_ in rule.on)
    lines = [f"### {rule.name}", "", f"**{rule.title}.** {rule.why}", ""]
    lines.append(f"- Severity {rule.severity.value}; {row}")
    lines.append(f"- Judges {types}" + (", where callers' requests reach it" if rule.serving else ""))
    lines.append(f"- Fix: {rule.fix}" + (f" Config key: `{rule.config_key}`." if rule.config_key else ""))
    seen = f" (last read against it on {reading.day}: {reading.against})" if reading else ""
    lines.append(f"- Reference: <{rule.reference}>{seen}")
    if rule.requirements:
        lines.append(f"- Asked for by {_requirements(rule)}")
    if rule.parameters:
        settings = ", ".join(
            f"`{name}` ({_value(_plain(parameter.default))})" for name, parameter in rule.parameters.items()
        )
        lines.append(f"- Thresholds, with their defaults: {settings}")
    if rule.remedy:
        values = ", ".join(f"`{path}` to {_value(value)}" for path, value in rule.remedy)
        lines.append(f"- Remediation sets {values}")
    cases = [(example, case) for example in examples for case in example.breaks if case.rule == rule.name]
    for example, each in cases[:1]:
        lines += _case(example.resources, each)
    return "\n".join([*lines, ""])


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
    rules = catalogue()
    page = document(rules, read_levels(rules), read_examples(), read_checked(rules))
    if "--check" in sys.argv[1:]:
        current = FILE.read_text(encoding="utf-8") if FILE.exists() else ""
        sys.exit(0 if current == page else f"{FILE.name} is out of date; run `python -m policies.document`")
    FILE.parent.mkdir(exist_ok=True)
    written = FILE.with_suffix(".tmp")
    written.write_text(page, encoding="utf-8")
    written.replace(FILE)


if __name__ == "__main__":
    main()
