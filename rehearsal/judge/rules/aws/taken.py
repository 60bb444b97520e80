"""Names that two resources of one program cannot both have, in one region."""

from __future__ import annotations

from pathlib import Path

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule
from rehearsal.tables import read_table

_ENDPOINTS = "https://docs.aws.amazon.com/sagemaker/latest/APIReference"
_SAID = read_table(Path(__file__).with_name("taken.toml"))
_BUCKET = "aws:s3/bucket:Bucket"
_GLOBAL = frozenset({"aws:iam/role:Role", _BUCKET})


@rule(*_SAID, source=f"{_ENDPOINTS}/CommonErrors.html")
def name_is_free(it: Resource, program: Program) -> Found:
    path, message = "bucket" if it.type == _BUCKET else "name", _SAID[it.type]
    name = it.text(path)
    for other in program.of(it.type) if name else ():
        here = it.provider == other.provider and (it.type in _GLOBAL or it.region == other.region)
        # web ACLs of the region and those of CloudFront are named apart
        same = other.urn < it.urn and other.text(path) == name and here and other.get("scope") == it.get("scope")
        if (
            same
            and it.sources.get("cluster") == other.sources.get("cluster")
            and it.get("cluster") == other.get("cluster")
        ):
            yield path, f"{message}: {other.name!r} has the name {name!r}, too"
