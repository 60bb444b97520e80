"""`python -m tests.stacks.azureml_endpoint.program ENVIRONMENT CHANGES`: what the program asks of the engine, as JSON.

The program runs against Pulumi's own mock monitor, in a process of its own and without an engine, in about three
seconds. What comes back is the whole request of every resource: its inputs, and the options that no state file keeps.
"""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stacks import configs

ROOT = Path(__file__).resolve().parents[3]
STACK = ROOT / "stacks" / "azureml_endpoint"


@dataclass(frozen=True)
class Asked:
    """One resource as the program asks for it; `after` are the names of what must exist before it."""

    type: str
    name: str
    inputs: dict[str, Any]
    after: frozenset[str]
    ignores: frozenset[str]
    retained: bool
    deleted_with: str
    timeouts: dict[str, str]


@dataclass(frozen=True)
class Program:
    """Everything one run asked for."""

    resources: tuple[Asked, ...]

    def __getitem__(self, name: str) -> Asked:
        (found,) = [resource for resource in self.resources if resource.name == name]
        return found

    def of_type(self, kind: str) -> list[Asked]:
        return [resource for resource in self.resources if resource.type == f"azure-native:{kind}"]


def ask(environment: str, changes: Mapping[str, Any] | None = None) -> Program:
    """Run the program with some of its config changed: dotted path under the stack (`scaling.max`) → value."""
    command = [sys.executable, "-m", "tests.stacks.azureml_endpoint.program", environment, json.dumps(changes or {})]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    rows = json.loads(done.stdout)
    return Program(
        tuple(Asked(**{**row, "after": frozenset(row["after"]), "ignores": frozenset(row["ignores"])}) for row in rows)
    )


def changed_config(environment: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    document = configs.config(f"{STACK.name}/{environment}")
    for key, value in changes.items():
        block, *path = key.split(".")
        parts, place = [f"{STACK.name}:{block}", *path], document
        for part in parts[:-1]:
            place = place.setdefault(part, {})
        place[parts[-1]] = value
    return document


def run(environment: str, changes: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Rows of `Asked`, in the order of the requests."""
    import pulumi
    from pulumi.runtime import rpc
    from pulumi.runtime.mocks import MockMonitor, MockResourceArgs, Mocks, set_mocks

    class Answers(Mocks):
        def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
            kind = args.typ.rpartition(":")[2].lower()
            named = [v for k, v in args.inputs.items() if k.endswith("Name") and kind.endswith(k[:-4].lower())]
            uri = {"scoringUri": "https://endpoint/score"} if args.typ.endswith(":OnlineEndpoint") else None
            outputs = {
                "name": args.inputs.get("name", named[0] if named else args.name),
                "principalId": f"principal-of:{args.name}",
            }
            # what is left out, the SDK takes from the inputs: the identities are a list there and a map in an answer
            outputs |= {"identity": {"type": "UserAssigned"}} if "identity" in args.inputs else {}
            return f"id-of:{args.name}", outputs | ({"properties": uri} if uri else {})

        def call(self, args: Any) -> tuple[dict[str, str], list[tuple[str, str]]]:
            return {"subscriptionId": "0" * 8, "tenantId": "1" * 8, "clientId": "", "objectId": ""}, []

    requests: list[Any] = []

    class Recorder(MockMonitor):
        def RegisterResource(self, request: Any) -> Any:
            requests.append(request)
            return super().RegisterResource(request)

    values = {k: v if isinstance(v, str) else json.dumps(v) for k, v in changed_config(environment, changes).items()}
    pulumi.runtime.set_all_config(values)
    set_mocks(Answers(), project=STACK.name, stack=environment, preview=False, monitor=Recorder(Answers()))
    os.chdir(STACK)
    sys.path[0:0] = [str(STACK)]
    pulumi.runtime.test(lambda: runpy.run_path("__main__.py", run_name="__main__") and None)()

    for request in requests:
        if not request.custom:
            continue
        yield {
            "type": request.type,
            "name": request.name,
            "inputs": rpc.deserialize_properties(request.object),
            "after": [urn.rpartition("::")[2] for urn in request.dependencies],
            "ignores": list(request.ignoreChanges),
            "retained": request.retainOnDelete,
            "deleted_with": request.deletedWith.rpartition("::")[2],
            "timeouts": {k: v for k, v in (("create", request.customTimeouts.create),) if v},
        }


if __name__ == "__main__":
    print(json.dumps(list(run(sys.argv[1], json.loads(sys.argv[2])))))
