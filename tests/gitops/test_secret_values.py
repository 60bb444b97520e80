"""Secrets are known by a keyed hash, and their words leave the worker in no form."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2

from gitops.engine.environment import KEY_VARIABLE
from gitops.engine.secret_values import SecretValues, choose_key
from gitops.engine.secret_words import SECRET_SIGNATURE, SIGNATURE, find_secrets, words_of
from gitops.records import SECRET, RunRecord

CANARY = "correct-horse-battery"
PROGRAM = f"""
    import base64, json, urllib.parse
    import pulumi, pulumi_aws as aws
    canary = "{CANARY}"
    aws.sns.Topic("news", display_name=pulumi.Output.secret(canary), tags={{"leaked": f"a {{canary}} b"}})
    pulumi.export("plain", canary)
    pulumi.export("encoded", base64.b64encode(f"user:{{canary}}".encode()).decode())
    pulumi.export("quoted", urllib.parse.quote(canary + "/&"))
    pulumi.log.warn(f"connecting with {{canary}}")
    raise ValueError(json.dumps({{"password": canary}}))
"""


def to_struct(properties: dict[str, Any]) -> struct_pb2.Struct:
    struct = struct_pb2.Struct()
    struct.update(properties)
    return struct


def secret(value: Any) -> dict[str, Any]:
    return {SIGNATURE: SECRET_SIGNATURE, "value": value}


def test_a_secret_is_found_wherever_it_is_and_known_by_its_place() -> None:
    properties = {"a": secret("one"), "b": [{"c": secret({"d": "two"})}], "e": "plain"}

    assert dict(find_secrets(properties)) == {"a": "one", "b[0].c": {"d": "two"}}
    assert list(words_of({"a": ["long enough", "no"], "b": 3}, 4)) == ["long enough"]


@pytest.mark.parametrize(("value", "path", "key"), [("x", "a", b"k"), ("s", "b", b"k"), ("s", "a", b"j")])
def test_a_hash_is_of_the_value_its_place_and_the_key(value: str, path: str, key: bytes) -> None:
    assert SecretValues(key).hash(f"{path}\0{value}") != SecretValues(b"k").hash("a\0s")


def test_what_only_the_sdk_calls_a_secret_is_none_where_the_program_has_it_in_the_plain() -> None:
    values = SecretValues(b"k")
    written = {"value": secret("the-endpoint"), "password": secret("only-here-it-is"), "key": secret("meant-by-us")}

    values.look("urn:parameter", to_struct(written), presumed=["value", "password"])
    assert values.words == {"the-endpoint", "only-here-it-is", "meant-by-us"}

    values.look("urn:endpoint", to_struct({"name": "the-endpoint", "tags": {"Key": "meant-by-us"}}))
    assert values.words == {"only-here-it-is", "meant-by-us"}


def test_a_rehearsals_key_is_known_and_a_real_one_is_the_environments() -> None:
    environ = {KEY_VARIABLE: "given", "GITOPS_RUN_KEY": "own"}

    assert choose_key(environ, rehearsal=True) == choose_key({}, rehearsal=True)
    assert choose_key(environ, rehearsal=False) == b"given"
    assert choose_key({**environ, KEY_VARIABLE: ""}, rehearsal=False) == b"own"


def test_no_word_of_a_secret_is_in_the_record(checkout: Callable[..., Path], run: Callable[..., RunRecord]) -> None:
    record = run(checkout(PROGRAM))

    text = record.model_dump_json()
    assert record.error
    assert record.error.message == f'ValueError: {{"password": "{SECRET}"}}'
    assert CANARY not in text
    assert "ZWN0LWhvcnNlLWJhdHRlcn" not in text
    assert any(SECRET in diagnostic.message for diagnostic in record.diagnostics)
