"""The inventory of the rehearsal clouds: one JSON file per existing resource, independent of any engine's state.

A file's path is the resource's identity (package, type, scope, id), so that two resources cannot share an identity even
if they are created at the same time. `python -m rehearsal list DIR` lists all resources, also those of lost states.
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
    """One existing resource. Its id is unique in `scope` (an AWS region or an Azure subscription)."""

    type: str
    scope: str
    id: str
    urn: str
    seed: str = ""
    inputs: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, Any] = field(default_factory=dict)


class AlreadyExistsError(Exception):
    """A resource with this identity exists."""


class Inventory:
    """The folder of entries. Secrets are stored as plain JSON, so only the owner of the files may read them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def create(self, entry: Entry) -> None:
        """Writes the entry's file. Raises AlreadyExistsError if the identity is taken."""
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
        """Deletes the entry if it exists. A missing entry is not an error, as in the clouds."""
        self.path(kind, scope, identity).unlink(missing_ok=True)

    def of_type(self, kind: str) -> Iterator[Entry]:
        """Yields all resources of one type in a stable order."""
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
    """A complete temporary file in the destination's folder, deleted when the block ends."""

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
    """Returns a readable file name for `text` that is valid and unique on any file system."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", text)[-80:].lstrip(".")
    return plain if plain == text else f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"
