"""Resources that are named by a text: the engine does not know that they come first."""

from __future__ import annotations

from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table

_NAMED = read_table(Path(__file__).with_name("named.toml"))


@rule(*_NAMED, source="https://www.pulumi.com/docs/iac/concepts/resources/options/dependson/")
def what_is_named_comes_first(it: Resource, program: Program) -> Found:
    for path, other in _NAMED[it.type].items():
        name = it.text(path)
        made = [
            resource
            for resource in program.of(other["type"])
            if name and resource.text("name") == name and resource.region == it.region
        ]
        if len(made) == 1 and made[0].new and made[0].provider == it.provider and not program.waits_for(it, made[0]):
            message = other["message"].replace("{name}", name)
            yield path, f"{message}: take the name from {made[0].name!r}, or depend on it"
