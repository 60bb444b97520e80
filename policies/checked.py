"""When each rule was last read against its source, and on what it rests where it stops a run: `checked.yaml`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .rule import Rule
from .tables import Node, read_table

FILE = Path(__file__).with_name("checked.yaml")
EVIDENCE = {
    "refused": "a documented refusal",
    "outage": "a documented or reported failure",
    "exposure": "a documented exposure",
    "control": "a published control, or a practice of high risk",
}
"""What a rule can rest on that stops a run, and how it is called. All others rest on advice."""


@dataclass(frozen=True)
class Reading:
    """A day (ISO) on which a rule was read against its source, and the copy of the source that was read."""

    day: str
    against: str


@dataclass(frozen=True)
class Checked:
    """What the table says: rule → its last reading, and rule → what it rests on, a key of EVIDENCE."""

    readings: dict[str, Reading]
    evidence: dict[str, str]


def read_checked(rules: Iterable[Rule], file: Path = FILE) -> Checked:
    """Reads the table. Raises BadTable naming the line: no such rule or class, a rule with two, a key is missing."""
    known, table = {rule.name for rule in rules}, dict(read_table(file).items())
    readings, evidence = dict[str, Reading](), dict[str, str]()
    for row in table.get("checked", Node(file, None)).entries():
        fields = dict(row.items())
        if fields.keys() != {"on", "against", "rules"}:
            row.refuse(f"found {', '.join(fields) or 'nothing'}, expected on, against and rules")
        reading = Reading(fields["on"].text(), fields["against"].text())
        for name in _names(fields["rules"], known):
            last = readings.get(name.text())
            readings[name.text()] = max(last, reading, key=lambda each: each.day) if last else reading
    for kind, names in table.get("evidence", Node(file, None)).items():
        if kind not in EVIDENCE:
            names.refuse(f"there is no evidence {kind!r}, expected {', '.join(EVIDENCE)}")
        for name in _names(names, known):
            if name.text() in evidence:
                name.refuse(f"{name.text()!r} rests on {evidence[name.text()]} already")
            evidence[name.text()] = kind
    return Checked(readings, evidence)


def _names(node: Node, known: set[str]) -> Iterator[Node]:
    for name in node.texts():
        if name.text() not in known:
            name.refuse(f"there is no rule {name.text()!r}")
        yield name
