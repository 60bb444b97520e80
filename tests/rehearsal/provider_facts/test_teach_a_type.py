"""The page on teaching a type is true: its snippet, appended to a copy of the service's file, is all that it takes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import rehearsal
from rehearsal.provider_facts import type_facts
from tests.rehearsal.provider_facts import tokens

ROOM = Path(rehearsal.__file__).parent
PAGE = (ROOM.parent / "docs/teach-a-type.md").read_text(encoding="utf-8")
TOKEN = "aws:sagemaker/notebookInstance:NotebookInstance"
# Creates and checks the type by the provider's own protocol, with the modules of the working directory.
PROGRAM = """
import json, sys, tempfile
from pathlib import Path
from pulumi.runtime.proto import provider_pb2 as pb
from rehearsal.serve import providers
from rehearsal.values import from_struct, to_struct

class Context:
    def peer(self): return "engine"

token, inputs, refused = sys.argv[1], json.loads(sys.argv[2]), json.loads(sys.argv[3])
aws = providers(Path(tempfile.mkdtemp(dir=".")), "us-east-1")["aws"]
call = {"urn": f"urn:pulumi:dev::p::{token}::lab", "type": token, "name": "lab"}
created = aws.Create(pb.CreateRequest(**call, properties=to_struct(inputs)), Context())
checked = aws.Check(pb.CheckRequest(**call, news=to_struct({**inputs, **refused})), Context())
failures = [failure.reason for failure in checked.failures]
print(json.dumps({"outputs": from_struct(created.properties), "failures": failures}))
"""


def play(folder: Path) -> dict[str, Any]:
    """The type's outputs and check failures, as the rehearsal in `folder` answers them."""
    inputs = {"name": "lab", "instanceType": "ml.t3.medium", "roleArn": "arn:aws:iam::123456789012:role/lab"}
    command = [sys.executable, "-c", PROGRAM, TOKEN, json.dumps(inputs), json.dumps({"volumeSize": 4})]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_one_edit_of_one_file_teaches_a_type(tmp_path: Path) -> None:
    assert TOKEN not in tokens("aws"), "the page's example is a type that has no table yet"
    (snippet,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (name,) = re.findall(r"Append to\s+`rehearsal/(\S+)`", PAGE)
    shutil.copytree(ROOM, tmp_path / "rehearsal", ignore=shutil.ignore_patterns("__pycache__"))
    before = play(tmp_path)
    with (tmp_path / "rehearsal" / name).open("a", encoding="utf-8") as file:
        file.write(f"\n{snippet}")
    after = play(tmp_path)
    assert before["failures"] == []
    assert ".notebook." not in before["outputs"]["url"]
    assert after["outputs"]["url"] == "lab.notebook.us-east-1.sagemaker.aws"
    assert after["outputs"]["arn"] == "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/lab"
    assert re.fullmatch(r"eni-[0-9a-f]{17}", after["outputs"]["networkInterfaceId"])
    assert after["failures"] == ["volumeSize: found 4, expected a number 5 to 16384"]


def test_the_page_explains_every_field() -> None:
    fields = {*type_facts.TypeFacts.__dataclass_fields__, *type_facts.Service.__dataclass_fields__} - {"types"}
    assert {field for field in fields if f"`{field}" not in PAGE} == {"lookups", "answers"}
    assert "[lookups." in PAGE
    assert "[answers." in PAGE
