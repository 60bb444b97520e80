"""No known secret leaves in any encoding in which it may turn up."""

from __future__ import annotations

import base64
import json
from urllib.parse import quote, quote_plus, urlencode

from hypothesis import given
from hypothesis import strategies as st

from gitops.records import SECRET, Diagnostic, Op, PropertyDiff, RunError, RunRecord, Status, Step
from gitops.redaction import credentials, take_out, take_out_of_record

CANARIES = st.text(st.characters(min_codepoint=33, max_codepoint=0x17F), min_size=8, max_size=40)


@given(CANARIES, st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_is_taken_out_however_it_is_written(canary: str, before: bytes, after: bytes) -> None:
    whole = before + canary.encode() + after
    forms = {
        "raw": f"x{canary}y",
        "JSON": json.dumps({"a": canary}),
        "URL": f"https://host/{quote(canary, safe='')}?{urlencode({'q': canary})}",
        "form": quote_plus(canary),
        "hexadecimal": canary.encode().hex(),
    }
    held = take_out(forms, [canary])
    assert all(form != forms[name] and SECRET in form for name, form in held.items())

    encoded = take_out([base64.b64encode(whole).decode(), base64.urlsafe_b64encode(whole).decode()], [canary])
    assert all(SECRET in form for form in encoded)


def test_everything_that_somebody_else_wrote_is_searched_and_what_the_report_links_by_stays() -> None:
    canary = "correct-horse"
    step = Step(
        op=Op.UPDATE,
        urn=f"urn::{canary}",
        type="t",
        name="web",
        inputs={"a": [{"b": f"-{canary}-"}]},
        diffs=(PropertyDiff(path="a", kind="update", before=canary, after=[canary]),),
    )
    record = RunRecord(
        stack="web",
        environment="dev",
        operation="preview",  # pyright: ignore[reportArgumentType]
        rehearsal=False,
        status=Status.FAILED,
        error=RunError(kind="provider", message=f"no {canary}", hint=canary),
        steps=(step,),
        providers=(step,),
        drift=(step,),
        diagnostics=(Diagnostic(severity="error", message=canary, urn=step.urn),),
        outputs={"a": canary},
        outputs_before={"a": {"b": canary}},
    )

    text = take_out_of_record(record, [canary]).model_dump_json()

    assert text.count(canary) == text.count(f"urn::{canary}") == 4
    assert take_out_of_record(record, []) is record


def test_the_jobs_own_credentials_are_secrets() -> None:
    environ = {"AWS_SECRET_ACCESS_KEY": "k" * 40, "GITHUB_TOKEN": "t" * 40, "HOME": "/home/somebody", "A_TOKEN": "no"}

    assert credentials(environ) == {"k" * 40, "t" * 40}


def test_a_password_within_an_address_or_a_connection_string_is_a_secret() -> None:
    account = (
        f"DefaultEndpointsProtocol=https;AccountName=state;AccountKey={'q' * 40}==;EndpointSuffix=core.windows.net"
    )
    environ = {
        "HTTPS_PROXY": "http://us:corr%40ect-horse@proxy:3128",
        "PULUMI_BACKEND_URL": "postgres://state:battery-staple@db/state",
        "AZURE_STORAGE_CONNECTION_STRING": account,
        "GITHUB_SERVER_URL": "https://github.com",
        "PAGE": "https://host:8443/a@b",
    }

    found = credentials(environ)

    assert found == {"corr%40ect-horse", "corr@ect-horse", "battery-staple", account, "q" * 40 + "=="}
