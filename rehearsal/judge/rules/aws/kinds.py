"""References to a resource of another kind: a load balancer for a target group, a role for an instance profile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.provider_facts import paths
from rehearsal.tables import read_table
from rehearsal.values import UNKNOWN

_WRONG = read_table(Path(__file__).with_name("kinds.toml"))


@rule(*_WRONG, source="https://docs.aws.amazon.com/general/latest/gr/aws-arns-and-namespaces.html")
def reference_of_the_right_kind(it: Resource, program: Program) -> Found:
    for listed, wrong in _WRONG[it.type].items():
        for path in _expand(it, listed):
            value = it.get(path)
            sources = [program.by_urn[urn] for urn in it.sources.get(paths.names(path)[0], ()) if urn in program.by_urn]
            unknown = value is UNKNOWN or (isinstance(value, list) and UNKNOWN in value)
            if unknown and sources and all(source.type in wrong["kinds"] for source in sources):
                yield path, f"{wrong['message']} Found {', '.join(repr(source.name) for source in sources)}"


def _expand(it: Resource, path: str) -> Iterator[str]:
    """Yields the path, with `[*]` in it the path of every item of the list."""
    before, star, after = path.partition("[*]")
    yield from (f"{place}{after}" for place, _ in it.blocks(before)) if star else [path]
