"""Importing existing resources into a target's state, through the engine's own `import`.

An import runs no program, but the engine still requires a language host, and an engine that is built from Go modules
has none for Python. So the project names a host that runs here and does nothing, in the same way in which the
Automation API runs inline programs (https://github.com/pulumi/pulumi/blob/v3.257.0/pkg/engine/deployment.go).
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gitops.checkout.targets import Target
from gitops.deployed.outputs import engine_command
from gitops.engine import scratch
from gitops.errors import Refused, UserError
from gitops.run import Run, serve_clouds

EXPECTED = (
    "TYPE NAME ID of what exists, then the URNs of its parent and its provider, if it has others than the default"
)
PROVIDER = "pulumi:providers:"
FILE = "import.json"


@dataclass(frozen=True)
class Existing:
    """A resource to import; `parent` and `provider` are URNs, empty for the stack itself and the default provider."""

    type: str
    name: str
    id: str
    parent: str = ""
    provider: str = ""

    @classmethod
    def parse(cls, text: str) -> Existing:
        """Parses the arguments of the operation; words with spaces are in quotes. Raises `UserError`."""
        try:
            kind, name, identity, *urns = shlex.split(text)
        except ValueError as error:
            raise UserError(f"found {text!r}, expected {EXPECTED}", where="--with") from error
        providers = [urn for urn in urns if type_in(urn).startswith(PROVIDER)]
        parents = [urn for urn in urns if urn not in providers]
        if len(providers) > 1 or len(parents) > 1 or not all(urn.startswith("urn:pulumi:") for urn in urns):
            raise UserError(f"found {' '.join(urns)!r} after the id, expected {EXPECTED}", where="--with")
        return cls(kind, name, identity, *(parents or [""]), *(providers or [""]))

    @property
    def package(self) -> str:
        return self.type.partition(":")[0]


def type_in(urn: str) -> str:
    """The type of a URN's resource, without its parents'."""
    return urn.split("::")[2].rpartition("$")[2] if urn.count("::") >= 3 else ""


def choose_provider(existing: Existing, deployment: Mapping[str, Any]) -> str:
    """The URN of the provider that reads it: that which is named, else the only one of its package that the state has.

    Empty where the state has none: the engine makes the default one. Raises `Refused` for one that is in the state
    already, and where several providers could be meant: they are of other regions or accounts.
    """
    resources = {resource["urn"]: resource for resource in deployment.get("resources", ())}
    for urn, resource in resources.items():
        if (resource["type"], resource.get("id")) == (existing.type, existing.id):
            raise Refused(f"{existing.id!r} is in the state already", where=urn, hint="Nothing is to be done.")
    for urn in filter(None, (existing.parent, existing.provider)):
        if urn not in resources:
            raise Refused(f"no resource {urn!r} in the state", hint="Give its whole URN, as a report's record has it.")
    known = [urn for urn, resource in resources.items() if resource["type"] == f"{PROVIDER}{existing.package}"]
    if existing.provider or len(known) < 2:
        return existing.provider or next(iter(known), "")
    raise Refused(
        f"{len(known)} providers could read it: {', '.join(known)}", hint="Add one of them as the last argument."
    )


def write_request(existing: Existing, provider: str) -> str:
    """The engine's import file (https://www.pulumi.com/docs/iac/cli/commands/pulumi_import/)."""
    named = {name: urn for name, urn in (("parent", existing.parent), ("provider", provider)) if urn}
    row = {"type": existing.type, "name": existing.name, "id": existing.id, **{name: name for name in named}}
    return json.dumps({"nameTable": named, "resources": [row]})


def describe(run: Run, target: Target, argument: str, deployment: Mapping[str, Any]) -> tuple[str, ...]:
    """What would be imported; the engine asks the cloud whether it exists. Raises `UserError` or `Refused`."""
    # a preview reads it as well: https://github.com/pulumi/pulumi/blob/v3.257.0/pkg/resource/deploy/step.go
    import_resource(run, target, argument, deployment, "--preview-only")
    existing = Existing.parse(argument)
    return (
        f"import {existing.type} {existing.name} of {existing.parent or 'the stack'}, which exists as {existing.id}",
        "protected until the program declares it: otherwise the next deployment would delete it",
    )


def import_resource(run: Run, target: Target, argument: str, deployment: Mapping[str, Any], *how: str) -> str:
    """What the engine prints of the import, previewed or done as `how` says. Raises `UserError` where it refuses."""
    existing = Existing.parse(argument)
    request = write_request(existing, choose_provider(existing, deployment))
    with serve_clouds(run) as served, settings_without_program(served, target) as folder:
        (folder / FILE).write_text(request, encoding="utf-8")
        return engine_command(
            served, target, "import", "--file", FILE, "--generate-code=false", "--protect=true", *how, folder=folder
        )


@contextmanager
def settings_without_program(run: Run, target: Target) -> Iterator[Path]:
    """A folder with the target's settings and a host of no program in its place; the checkout is not written to."""
    from gitops.engine.no_program import serve  # the SDK would cost every command's start a third

    file = target.config_file(run.root)
    project, config = scratch.read(target.folder(run.root) / "Pulumi.yaml"), scratch.read(file) or {}
    with serve() as address:
        settings = {**project, "runtime": {"name": "client", "options": {"address": address}}}
        kept = scratch.without_secrets(config) if run.sandbox else config
        with scratch.write_settings(settings, file.name, kept) as written:
            yield written.parent
