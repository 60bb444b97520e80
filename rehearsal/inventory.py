"""What exists in the rehearsal clouds: one JSON file per resource, apart from the state of any engine.

The file's place is its identity (package, type, scope, id), so that two resources cannot share one, whoever creates
them at the same time. `python -m rehearsal list DIR` lists what exists, orphans of lost states included.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from rehearsal.values import from_json, to_json


@dataclass(frozen=True)
class Entry:
    """One existing resource. `scope` is where its id is unique (an AWS region, an Azure subscription)."""

    type: str
    scope: str
    id: str
    urn: str
    seed: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


class AlreadyExistsError(Exception):
    """Something with this identity exists in the cloud."""


class Inventory:
    """The folder of entries. Values are plain JSON: a cloud knows its secrets, so the files are the owner's alone."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def create(self, entry: Entry) -> None:
        """Raises AlreadyExistsError when the identity is taken."""
        with self._write_temporary(entry) as temporary:
            path = self.path(entry.type, entry.scope, entry.id)
            try:
                os.link(temporary, path)
            except FileExistsError:
                raise AlreadyExistsError(entry.id) from None

    def replace(self, entry: Entry) -> None:
        with self._write_temporary(entry) as temporary:
            os.replace(temporary, self.path(entry.type, entry.scope, entry.id))

    def find(self, kind: str, scope: str, identity: str) -> Entry | None:
        try:
            return _read(self.path(kind, scope, identity))
        except FileNotFoundError:
            return None

    def delete(self, kind: str, scope: str, identity: str) -> None:
        """Deleting what is already gone is fine, as it is in the clouds."""
        self.path(kind, scope, identity).unlink(missing_ok=True)

    def of_type(self, kind: str) -> Iterator[Entry]:
        """Every resource of one type, in a stable order."""
        yield from self._under(self._directory.joinpath(*_parts(kind)))

    def all(self) -> Iterator[Entry]:
        yield from self._under(self._directory)

    def _under(self, folder: Path) -> Iterator[Entry]:
        for path in sorted(folder.rglob("*.json")):
            try:
                yield _read(path)
            except FileNotFoundError:
                continue

    def path(self, kind: str, scope: str, identity: str) -> Path:
        return self._directory.joinpath(*_parts(kind), _safe(scope), f"{_safe(identity)}.json")

    def _write_temporary(self, entry: Entry) -> _Temporary:
        folder = self.path(entry.type, entry.scope, entry.id).parent
        folder.mkdir(parents=True, exist_ok=True)
        return _Temporary(folder, _text(entry))


class _Temporary:
    """A complete file beside its destination, gone when the block ends."""

    def __init__(self, folder: Path, text: str) -> None:
        self._folder, self._text = folder, text

    def __enter__(self) -> Path:
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(self._text)
        self._path = Path(name)
        return self._path

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)


def _text(entry: Entry) -> str:
    document = asdict(entry) | {"inputs": to_json(entry.inputs), "outputs": to_json(entry.outputs)}
    return json.dumps(document, indent=1, sort_keys=True)


def _read(path: Path) -> Entry:
    document = json.loads(path.read_text(encoding="utf-8"))
    return Entry(**document | {"inputs": from_json(document["inputs"]), "outputs": from_json(document["outputs"])})


def _parts(kind: str) -> tuple[str, ...]:
    package, module, name = kind.split(":")
    return package, f"{module.partition('/')[0]}.{name}"


def _safe(text: str) -> str:
    """A file name that reads like `text` and is different for different texts, on any file system."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", text)[-80:].lstrip(".")
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
