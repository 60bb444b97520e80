"""What the clouds know: replacements, values they refuse, and where the knowledge comes from."""

from __future__ import annotations

from rehearsal.provider_facts import type_facts
from tests.repo import ROOT

FOLDERS = {"aws": ROOT / "rehearsal/aws/types", "azure-native": ROOT / "rehearsal/azure/types"}


def tokens(package: str) -> frozenset[str]:
    """Every type of a package that has a table."""
    return frozenset(
        f"{package}:{module}/{name[0].lower()}{name[1:]}:{name}" if package == "aws" else f"{package}:{module}:{name}"
        for module in sorted(file.stem for file in FOLDERS[package].glob("[!_]*.toml"))
        for name in type_facts.service_of(f"{package}:{module}:").types
    )
