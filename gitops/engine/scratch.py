"""A rehearsal's own copy of a stack's settings, so that nothing in the checkout is written to and no key is needed."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

PLACEHOLDER = "rehearsal-placeholder"
"""Stands in for an encrypted value: a rehearsal has no key, and must not need one."""

PASSPHRASE = "rehearsal"
"""Encrypts the throw-away state of resources that do not exist."""


@contextmanager
def settings(project_file: Path, config_file: Path) -> Iterator[Path]:
    """A temporary folder with the project file and the stack's config, encrypted values replaced; yields the config."""
    with tempfile.TemporaryDirectory(prefix="gitops-") as name:
        folder = Path(name)
        (folder / project_file.name).write_bytes(project_file.read_bytes())
        copy = folder / config_file.name
        document = yaml.safe_load(config_file.read_text(encoding="utf-8")) if config_file.exists() else {}
        copy.write_text(yaml.safe_dump(without_secrets(document or {}), sort_keys=False), encoding="utf-8")
        yield copy


def without_secrets(document: dict[str, Any]) -> dict[str, Any]:
    kept = {k: v for k, v in document.items() if k not in ("secretsprovider", "encryptedkey", "encryptionsalt")}
    return {**kept, "config": replace_secure(kept.get("config") or {})}


def replace_secure(value: Any) -> Any:
    if isinstance(value, dict):
        return PLACEHOLDER if set(value) == {"secure"} else {k: replace_secure(v) for k, v in value.items()}
    if isinstance(value, list):
        return [replace_secure(item) for item in value]
    return value
