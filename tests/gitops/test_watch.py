"""Watching: which files count as an edit, and that an edit previews again what it reaches and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from gitops.checkout.reach import parse
from gitops.checkout.targets import Target, discover
from gitops.commands import common
from gitops.commands.preview import show_round
from gitops.engine import forks
from gitops.engine.forks import ForkServer
from gitops.engine.pool import Pool
from gitops.records import RunRecord
from gitops.run import Run
from gitops.watch import differences, edits, list_affected, look, watch
from tests.gitops.command_line import initialise
from tests.report import cases, factories
from tests.worlds import ROOT

PROGRAM = """
import pulumi
import pulumi_aws as aws
aws.sns.Topic("news", display_name=pulumi.Config().require("title"))
"""


def test_a_file_that_came_went_or_changed_is_an_edit(tmp_path: Path) -> None:
    folder = tmp_path / "stacks" / "web"
    folder.mkdir(parents=True)
    (folder / "gone.py").write_text("1")
    (folder / "kept.py").write_text("1")
    before = look(tmp_path)
    (folder / "gone.py").unlink()
    (folder / "new.py").write_text("1")
    (folder / "kept.py").write_text("22")
    (tmp_path / "report.html").write_text("no room of the repository")
    (folder / ".kept.py.swp").write_text("an editor's own")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "kept.pyc").write_text("the interpreter's own")

    found = differences(before, look(tmp_path))

    assert found == ("stacks/web/gone.py", "stacks/web/kept.py", "stacks/web/new.py")


def test_files_saved_one_after_another_are_one_edit(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    saves = iter([None, "a", "b", "c", None, None, "d", None])

    def save_while_it_sleeps(_seconds: float) -> None:
        if name := next(saves, None):
            (tmp_path / "shared" / f"{name}.py").write_text(name)

    rounds = edits(tmp_path, save_while_it_sleeps)

    assert next(rounds) == ("shared/a.py", "shared/b.py", "shared/c.py")
    assert next(rounds) == ("shared/d.py",)


def test_an_edit_previews_what_it_reaches_on_the_clouds_that_are_up(
    checkout: Callable[..., Path], run_for: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And does nothing then that could be done before it: what the programs import is imported, every text is read."""
    root = initialise(checkout(PROGRAM, dev="web:title: old", prod="web:title: other"))
    run = replace(run_for(root), pool=Pool(2, tmp_path / "learned"))
    seen: list[tuple[list[str], int]] = []
    work: list[str] = []
    monkeypatch.setattr(ForkServer, "load", lambda _server, _names: work.append("imports"))

    def show(
        changed: Sequence[str], records: Sequence[RunRecord], latest: Mapping[Target, RunRecord], _took: float
    ) -> None:
        seen.append(([record.target for record in records], len(latest)))
        if changed:
            (topic,) = (step for step in latest[Target("web", "dev")].steps if step.name == "news")
            assert topic.inputs["displayName"] == "new"

    def rounds():
        file = "stacks/web/Pulumi.dev.yaml"
        (root / file).write_text("config:\n  web:title: new\n")
        before, read = list(work), parse.cache_info().misses
        assert not forks.is_possible() or before == ["imports"]
        yield (file,)
        yield ("stacks/web/README.md",)
        assert (work, parse.cache_info().misses) == (before, read)

    watch(run, discover(root), show, lambda _record: None, rounds())

    assert seen == [(["web/dev", "web/prod"], 2), (["web/dev"], 2), ([], 2)]


def test_a_text_is_read_once_however_often_somebody_saves() -> None:
    targets = discover(ROOT)
    list_affected(ROOT, ("stacks/nowhere.py",), targets)
    before = parse.cache_info().misses

    list_affected(ROOT, ("stacks/nowhere.py",), targets)

    assert parse.cache_info().misses == before


def test_a_round_shows_what_the_edit_changed_and_a_failure_whole(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On an empty account every report counts every resource: the one that was edited would not be seen."""
    monkeypatch.setattr(common, "output", Console(width=120, highlight=False, soft_wrap=True))
    first, failed = cases.all_creates()[0], cases.failure()
    good = {record.target: record for record in (first, failed)}

    def shown(record: RunRecord, known: Mapping[str, RunRecord]) -> str:
        show_round(("stacks/a.py",), (record,), known, factories.CONTEXT)
        return capsys.readouterr().out

    assert "+ create" in shown(first, {})
    assert "Since the last preview" in (again := shown(first, good))
    assert "+ create" not in again
    assert again.endswith("\nReady: 10 creates in 1 target, nothing replaced or deleted\n")
    assert "scaling.min: found 'two'" in shown(failed, good)
