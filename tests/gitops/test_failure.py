"""A failure that is not the program's has a next step of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from pulumi import automation as auto

from gitops.engine.failure import explain
from gitops.engine.listen import Listener
from gitops.engine.program import Program
from gitops.records import Diagnostic

PLUGIN = "Could not automatically download and install resource plugin 'pulumi-resource-aws' at version v7.51.1"


def failure(printed: str = "", *diagnostics: Diagnostic) -> tuple[str, str, str]:
    listener = Listener()
    listener.diagnostics += diagnostics
    result = auto.CommandError(auto.CommandResult(stdout="", stderr=printed, code=255))
    error = explain(result, Program(root=Path("/x"), folder=Path("/x/stacks/web")), listener)
    return error.kind, error.message, error.hint


def test_a_plugin_that_cannot_be_had_is_not_the_stacks_fault() -> None:
    lacking = Diagnostic(severity="error", message=PLUGIN, urn="urn:pulumi:dev::web::pulumi:providers:aws::default")

    kind, message, hint = failure("", lacking)

    assert (kind, message) == ("engine", PLUGIN)
    assert "install the plugin" in hint


@pytest.mark.parametrize(
    "printed",
    [
        "error: unable to open bucket file:///nowhere?no_tmp_dir=true: no such file or directory",
        'error: read ".pulumi/meta.yaml": blob (key ".pulumi/meta.yaml") (code=Unknown): operation error S3: GetObject',
    ],
)
def test_a_backend_that_cannot_be_read_is_named_as_such(printed: str) -> None:
    kind, message, hint = failure(printed)

    assert (kind, message) == ("engine", printed)
    assert "PULUMI_BACKEND_URL" in hint


def test_another_fault_of_the_engine_gets_no_hint_that_misleads() -> None:
    assert failure("error: something else") == ("engine", "error: something else", "")


@pytest.mark.parametrize(
    "printed",
    [
        "error: 1) stat /s/.pulumi/locks/organization/web/dev/ed.json.1.tmp: no such file or directory",
        "error: unexpected end of JSON input",
    ],
)
def test_a_lock_that_is_being_taken_is_somebody_elses(printed: str) -> None:
    kind, message, hint = failure(printed)

    assert (kind, message) == ("engine", "another update of this stack was taking its lock")
    assert "Run it again" in hint


def test_a_state_that_is_being_written_is_somebody_elses() -> None:
    kind, message, hint = failure("error: failed to load checkpoint: EOF")

    assert (kind, message) == ("engine", "another update of this stack was writing its state")
    assert "`.bak`" in hint


def test_what_a_program_found_before_a_change_is_no_property_to_change() -> None:
    told = 'before hook "traffic-answers" failed: the slot green gets no traffic'
    urn = "urn:pulumi:dev::web::azure-native:resources:Deployment::split"

    kind, message, hint = failure("", Diagnostic(severity="error", message=told, urn=urn))

    assert (kind, message) == ("program", f"azure-native:resources:Deployment 'split': {told}")
    assert "this change was not made" in hint
    assert failure("", Diagnostic(severity="error", message="refused", urn=urn))[2].startswith("Change the property")
