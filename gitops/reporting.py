"""Writing the report in all its forms, with what only the checkout and the CI job know: commit, links, base."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

from pydantic import TypeAdapter, ValidationError

from gitops.checkout.git import ask_git
from gitops.checkout.rooms import ROOMS
from gitops.errors import UserError
from gitops.files import write_text
from gitops.records import RunRecord
from gitops.report.formats import github_annotations, html, junit, sarif, verdict_file
from gitops.report.formats.markdown import page as markdown
from gitops.report.model.context import Context
from gitops.report.model.report import Report, build

FORMS = {
    "index.html": html.render,
    "comment.md": markdown.render,
    "summary.md": markdown.summary,
    "policy.sarif": sarif.render,
    "junit.xml": junit.render,
    "annotations.txt": github_annotations.render,
    "verdict.txt": verdict_file.render,
}
"""File name and renderer of every form of the report."""
CONTEXT = "context.json"
T = TypeVar("T")
ARTEFACTS = "serving/artefacts.json"


def context(root: Path, *, base: str, rehearsal: bool, environ: Mapping[str, str] = os.environ) -> Context:
    """Links exist only in a GitHub job: on a laptop there is no page to point to."""
    server, repository = environ.get("GITHUB_SERVER_URL", ""), environ.get("GITHUB_REPOSITORY", "")
    page = f"{server}/{repository}" if server and repository else ""
    run = environ.get("GITHUB_RUN_ID", "")
    return Context(
        repository_url=page,
        commit=ask_git(root, "rev-parse", "HEAD"),
        edited=bool(ask_git(root, "status", "--porcelain", "--", *ROOMS)),
        base=base,
        run_url=f"{page}/actions/runs/{run}" if page and run else "",
        rehearsal=rehearsal,
        artefact_sizes=read_artefact_sizes(root, base),
    )


def read_artefact_sizes(root: Path, base: str) -> dict[str, int]:
    """Bytes by digest, as the build noted them in `ARTEFACTS`, in the base and in the working tree."""
    file = root / ARTEFACTS
    texts = (ask_git(root, "show", f"{base}:{ARTEFACTS}") if base else "", file.read_text() if file.exists() else "")
    sizes: dict[str, int] = {}
    for text in filter(None, texts):
        with suppress(ValueError, KeyError, TypeError, AttributeError):
            sizes |= {f"sha256:{built['sha256']}": built["bytes"] for built in json.loads(text)["files"].values()}
    return sizes


def write(out: Path, records: Iterable[RunRecord], about: Context) -> Report:
    """Writes every form and one JSON record per target into `out`, each file whole or not at all."""
    report = build(records, about)
    for record in report.records:
        write_text(
            out / "records" / f"{record.stack}.{record.environment}.json", record.model_dump_json(indent=1) + "\n"
        )
    for stale in set(out.glob("records/*.json")) - {record_file(out, record) for record in report.records}:
        stale.unlink(missing_ok=True)
    for name, render in FORMS.items():
        write_text(out / name, render(report))
    write_text(out / CONTEXT, TypeAdapter(Context).dump_json(about, indent=1).decode() + "\n")
    return report


def record_file(out: Path, record: RunRecord) -> Path:
    return out / "records" / f"{record.stack}.{record.environment}.json"


def find_reports(folder: Path) -> tuple[Path, ...]:
    """The report folders in a folder of downloaded artifacts, or the folder itself where it is one.

    A pattern that matches a single artifact is unpacked without a folder of its name:
    https://github.com/actions/download-artifact/blob/v8.0.1/src/download-artifact.ts
    """
    if (folder / CONTEXT).is_file():
        return (folder,)
    return tuple(sorted(path for path in folder.glob("*") if path.is_dir()))


def read_context(folder: Path) -> Context:
    """What `write` was told of the records in a report folder; nothing where it left no word."""
    file = folder / CONTEXT
    return read_as(TypeAdapter(Context), file) if file.exists() else Context()


def read(folder: Path) -> tuple[RunRecord, ...]:
    """The records that `write` left in a report folder. Raises `UserError` for what another version has left."""
    return tuple(read_as(TypeAdapter(RunRecord), file) for file in sorted((folder / "records").glob("*.json")))


def read_as(kind: TypeAdapter[T], file: Path) -> T:
    try:
        return kind.validate_json(file.read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"]))
        found = f"{f'{key}: ' if key else ''}{first['msg'][:1].lower()}{first['msg'][1:]}"
        hint = "It is damaged or was written by another version: write the folder again."
        raise UserError(found, where=str(file), hint=hint) from error
