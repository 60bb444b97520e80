"""Which modules of the provider SDKs a program has imported, kept so that the next run may find them imported."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from gitops.files import write_text

INSTALLED = tuple({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})


def is_sdk(name: str) -> bool:
    """Whether a module belongs to `pulumi` or `pulumi_…` as they are installed, not to a program's own folder."""
    package = name.partition(".")[0]
    return (package == "pulumi" or package.startswith("pulumi_")) and is_installed(package)


@cache
def is_installed(package: str) -> bool:
    spec = importlib.util.find_spec(package)
    return bool(spec and spec.origin and spec.origin.startswith(INSTALLED))


def list_imported() -> list[str]:
    """The SDK modules that this process has loaded; those that the SDK's lazy loader only announced are none."""
    return sorted(name for name, module in list(sys.modules.items()) if is_sdk(name) and not is_announced(module))


def is_announced(module: object) -> bool:
    return type(module).__name__ == "_LazyModule"


def services(names: Iterable[str]) -> list[str]:
    """The services (`pulumi_aws.ec2`) of the SDK modules among `names`."""
    parts = (name.split(".") for name in names if name.startswith("pulumi_"))
    return sorted(
        {".".join(part[:2]) for part in parts if len(part) > 2 and not part[1].startswith("_") and part[1] != "config"}
    )


def choose(names: Iterable[str], types: Iterable[str]) -> frozenset[str]:
    """The modules that a program with resources of these types imported itself.

    A worker also starts with modules that other stacks' programs need; if they were recorded for this stack too, every
    program would import them.
    """
    parts = (type_.split(":") for type_ in types)
    used = {(part[0].replace("-", "_"), part[1].partition("/")[0]) for part in parts if len(part) == 3}
    kept = (name for name in names if not (service := service_of(name)) or service in used)
    return frozenset(kept) if used else frozenset()


def service_of(name: str) -> tuple[str, str] | None:
    """`("aws", "lambda")` of `pulumi_aws.lambda_.alias`, as a resource's type has it; None for an SDK's own modules."""
    package, *rest = name.split(".")
    has_one = package.startswith("pulumi_") and len(rest) > 1 and not rest[0].startswith("_") and rest[0] != "config"
    return (package.removeprefix("pulumi_"), rest[0].rstrip("_")) if has_one else None


def load(names: Iterable[str]) -> None:
    """Loads the SDK modules among `names`; one that a newer SDK no longer has is left out.

    A package comes before its modules and is loaded as a program would, by looking for an attribute: begun with a
    module of it, the load would come back to that module half-done ("module 'pulumi_aws.lambda_' has no attribute
    'Alias'"). A provider's `config` is left to the SDK: it replaces its own class, which an import by name undoes.
    """
    for name in sorted(names):
        if is_sdk(name) and name.split(".")[1:2] != ["config"]:
            try:
                getattr(importlib.import_module(name), "__all__", None)
            except ImportError:
                continue


def read(file: Path) -> frozenset[str]:
    """The names in a list that `write` left; none where there is no list or it cannot be read."""
    try:
        return frozenset(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return frozenset()


def write(file: Path, names: Iterable[str]) -> None:
    write_text(file, json.dumps(sorted(names)))
