"""What is in no tracked file: addresses of package registries, paths of the machine it was written on, secrets."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.repo import ROOT, list_tracked, name_of

# Built from parts, so that this file does not hold what it looks for.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted", "org"),
        ("registry", "npmjs", "org"),
        ("proxy", "golang", "org"),
        ("sum", "golang", "org"),
        ("index", "crates", "io"),
        ("repo1", "maven", "org"),
        ("deb", "debian", "org"),
    )
]
INDEX_OPTIONS = ["--" + name for name in ("index-url", "extra-index-url", "find-links", "trusted-host")]
MACHINE = ["/" + name + "/" for name in ("work/main", "work/shared", "work/brief", "root/.cache", "root/.venv")]
FORBIDDEN = re.compile("|".join(re.escape(text) for text in (*REGISTRIES, *INDEX_OPTIONS, *MACHINE)))
ACCESS_KEY = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|-----BEGIN (?:RSA |EC )?PRIVATE" + r" KEY-----\n[A-Za-z0-9+/]{40}"
)


def text_of(path: Path) -> str:
    data = path.read_bytes()
    return "" if b"\0" in data else data.decode("utf-8", errors="replace")


def test_no_file_names_a_registry_or_a_path_of_a_machine() -> None:
    found = {name_of(path): sorted(set(hits)) for path in list_tracked() if (hits := FORBIDDEN.findall(text_of(path)))}

    assert found == {}


def test_the_search_finds_what_it_looks_for() -> None:
    assert all(FORBIDDEN.search(f"see {text}/x") for text in (*REGISTRIES, *INDEX_OPTIONS, *MACHINE))


def test_no_file_holds_a_key() -> None:
    found = [
        name_of(path)
        for path in list_tracked()
        if set(ACCESS_KEY.findall(text_of(path))) - {"AKIAIOSFODNN7" + "EXAMPLE"}
    ]

    assert found == []


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_has_nothing_to_say(command: list[str]) -> None:
    done = subprocess.run([sys.executable, "-m", "ruff", *command, "."], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stdout


def test_every_locked_package_has_a_hash() -> None:
    for lock in list_tracked("locks/*.txt"):
        text = lock.read_text(encoding="utf-8")
        pins = re.findall(r"(?m)^[\w.\[\]-]+(?:==| @ )\S.*$", text)
        assert pins, name_of(lock)
        assert all(pin.endswith("\\") for pin in pins), f"{name_of(lock)}: a pin without a hash"
