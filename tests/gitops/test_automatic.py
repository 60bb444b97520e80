"""Which names a provider made up: what it notes of them, held against what the program gave."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gitops.engine.automatic import Given, find_automatic
from gitops.engine.job import Job
from gitops.engine.listen import Listener
from gitops.engine.worker import operate
from gitops.records import Operation

URN = "urn:pulumi:dev::web::aws:s3/bucket:Bucket::web"
MADE = "web-1a2b3c4"


@pytest.mark.parametrize(
    ("inputs", "given", "automatic"),
    [
        # noted by a provider made from Terraform's
        ({"bucket": MADE, "__defaults": ["bucket"]}, {URN: ("tags",)}, ("bucket",)),
        ({"bucket": MADE, "__defaults": ["bucket"]}, {}, ("bucket",)),
        ({"bucket": MADE, "__defaults": []}, {URN: ("bucket",)}, ()),
        ({"bucket": MADE, "__defaults": []}, {}, ()),
        # a transform may give what the program's own call does not, or the program what only the provider may
        ({"bucket": MADE, "__defaults": []}, {URN: ("tags",)}, ()),
        ({"bucket": MADE, "__defaults": ["bucket"]}, {URN: ("bucket",)}, ()),
        # a type that notes nothing
        ({"name": MADE}, {URN: ()}, ("name",)),
        ({"name": MADE, "target": MADE}, {URN: ("target",)}, ("name",)),
        ({"name": MADE}, {}, ()),
        # azure-native's note
        ({"name": "web1a2b3c4d", "__createBeforeDelete": True}, {}, ("name",)),
        ({"name": "web1a2b3c4d", "__createBeforeDelete": True}, {URN: ("name",)}, ()),
        # no random end
        ({"name": "web", "region": "us-east-1", "count": 3}, {URN: ()}, ()),
        ({"name": "web-1a2b3c4-blue"}, {URN: ()}, ()),
        ({"name": "other-1a2b3c4"}, {URN: ()}, ()),
        ({"name": "web-1A2B3C4"}, {URN: ()}, ()),
    ],
)
def test_a_name_is_made_up_only_where_the_program_gives_none(
    inputs: dict[str, Any], given: Given, automatic: tuple[str, ...]
) -> None:
    assert find_automatic(URN, inputs, given) == automatic


@pytest.mark.parametrize(("given", "automatic"), [({URN: ()}, ("bucket",)), ({URN: ("bucket",)}, ()), ({}, ())])
def test_a_preview_is_read_with_what_its_program_gave(given: Given, automatic: tuple[str, ...]) -> None:
    printed = {"steps": [{"op": "create", "urn": URN, "newState": {"inputs": {"bucket": MADE}}}]}
    stack: Any = SimpleNamespace(preview=lambda **_options: SimpleNamespace(stdout=json.dumps(printed)))
    told: dict[str, Any] = {"root": "/x", "stack": "web", "environment": "dev", "engine": "", "engine_version": ""}
    job = Job(operation=Operation.PREVIEW, **told)

    ((step,), _printed) = operate(job, stack, Listener(), Path("config"), given)

    assert step.automatic == automatic
