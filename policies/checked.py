"""When each rule was last read against its source: `checked.yaml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from .rule import Rule
from .tables import Node, read_table

FILE = Path(__file__).with_name("checked.yaml")


@dataclass(frozen=True)
class Reading:
    """A day (ISO) on which a rule was read against its source, and the copy of the source that was read."""

    day: str
    against: str


def read_checked(rules: Iterable[Rule], file: Path = FILE) -> dict[str, Reading]:
    """Rule → its last reading. Raises BadTable naming the line: there is no such rule, or a key is missing."""
    known, readings = {rule.name for rule in rules}, dict[str, Reading]()
    for row in dict(read_table(file).items()).get("checked", Node(file, None)).entries():
        fields = dict(row.items())
        if fields.keys() != {"on", "against", "rules"}:
            row.refuse(f"found {', '.join(fields) or 'nothing'}, expected on, against and rules")
        reading = Reading(fields["on"].text(), fields["against"].text())
        for name in fields["rules"].texts():
            if name.text() not in known:
                name.refuse(f"there is no rule {name.text()!r}")
            last = readings.get(name.text())
            readings[name.text()] = max(last, reading, key=lambda each: each.day) if last else reading
    return readings
