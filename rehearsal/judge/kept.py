"""A cache of the linter's refusals for each resource.

The key is a digest of the resource, of everything it refers to, and of the other resources that a lint rule reads with
it. If one resource in a hundred changes, only that resource and its relatives are linted, in a tenth of the time.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rehearsal.judge import lint
from rehearsal.judge.program import Program
from rehearsal.judge.refusal import Refusal
from rehearsal.judge.template import Template, templates

TOGETHER = (
    frozenset({"AWS::EC2::VPC", "AWS::EC2::VPCCidrBlock", "AWS::EC2::Subnet"}),  # E3059: a subnet in no VPC CIDR
    frozenset({"AWS::EC2::SubnetRouteTableAssociation"}),  # E3022: a subnet in two route tables
    frozenset({"AWS::Logs::SubscriptionFilter"}),  # E2529: too many filters on a log group
)
"""Groups of types that a lint rule reads together: a resource of one depends on all resources of its group."""

Judge = Callable[[Template], Iterable[Refusal]]


def lint_new(program: Program, folder: Path, judge: Judge) -> list[Refusal]:
    """Returns the linter's refusals of the program's AWS resources.

    `judge` lints only the resources that have no cached answer in `folder/answers.sqlite`.
    """
    with closing(_open(folder / "answers.sqlite")) as answers:
        return [refusal for template in templates(program) for refusal in _lint_new(template, answers, judge)]


def _lint_new(template: Template, answers: sqlite3.Connection, judge: Judge) -> Iterator[Refusal]:
    read = find_read(template)
    digests = {
        name: _digest(
            [name, resource.resource.urn, resource.type, resource.properties, sorted(map(repr, resource.left_out))]
        )
        for name, resource in template.resources.items()
    }
    judged_by = [version("cfn-lint"), lint.LEFT_OUT, template.region]
    keys = {name: _digest([judged_by, name, sorted(digests[other] for other in read[name])]) for name in read}
    refusals_by_name = {name: kept for name, key in keys.items() if (kept := _recall(answers, key)) is not None}
    if missing := template.resources.keys() - refusals_by_name.keys():
        refusals = list(dict.fromkeys(judge(template.part(frozenset().union(*(read[name] for name in missing))))))
        for name in missing:
            urn = template.resources[name].resource.urn
            refusals_by_name[name] = [refusal for refusal in refusals if refusal.urn == urn]
        with answers:
            rows = [(keys[name], json.dumps([asdict(one) for one in refusals_by_name[name]])) for name in missing]
            answers.executemany("INSERT OR REPLACE INTO answers VALUES (?, ?)", rows)
    for name in template.resources:
        yield from refusals_by_name[name]


def find_read(template: Template) -> dict[str, frozenset[str]]:
    """Maps each resource's name to the names of all resources that its answer depends on, including its own."""
    resources = template.resources
    beside = {
        name: [
            other
            for types in TOGETHER
            if resource.type in types
            for other in resources
            if resources[other].type in types
        ]
        for name, resource in resources.items()
    }
    references = {name: frozenset(_references(resource.properties, resources)) for name, resource in resources.items()}
    return {name: _follow([name, *beside[name]], references) for name in resources}


def _follow(names: Iterable[str], references: Mapping[str, Iterable[str]]) -> frozenset[str]:
    waiting, read = list(names), set[str]()
    while waiting:
        if (current := waiting.pop()) not in read:
            read.add(current)
            waiting += references[current]
    return frozenset(read)


def _references(value: Any, names: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(target := value.get("Ref"), str) and target in names:
            yield target
        for item in value.values():
            yield from _references(item, names)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item, names)


def _digest(text: Any) -> str:
    return hashlib.sha256(json.dumps(text, sort_keys=True).encode()).hexdigest()


def _open(file: Path) -> sqlite3.Connection:
    """Opens the cache. An unreadable file is replaced, because its content can be computed again."""
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _connect(file)
    except sqlite3.DatabaseError:
        file.unlink(missing_ok=True)
        return _connect(file)


def _connect(file: Path) -> sqlite3.Connection:
    answers = sqlite3.connect(file, timeout=30)
    answers.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, refusals TEXT)")
    return answers


def _recall(answers: sqlite3.Connection, key: str) -> list[Refusal] | None:
    row = answers.execute("SELECT refusals FROM answers WHERE key = ?", (key,)).fetchone()
    return [Refusal(**fields) for fields in json.loads(row[0])] if row else None
