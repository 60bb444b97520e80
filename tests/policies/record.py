"""`python -m tests.policies.record [STACK/ENV …]`: what the stacks' targets deploy, as tables to try the judge on.

Each target is really deployed, by the engine into rehearsal clouds, and its state is kept as
`inventories/<stack>.<env>.json`: inputs, what the outputs add, options, parents and property dependencies.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gitops.engine import install
from gitops.engine.pool import Pool
from gitops.records import Operation
from gitops.run import Run, Sandbox, perform
from gitops.targets import Target, discover

ROOT = Path(__file__).parents[2]
FOLDER = Path(__file__).with_name("inventories")
SIGNATURE = "4dabf18193072939515e22adb298388d"
Row = dict[str, Any]


def key_of(urn: str) -> str:
    """`target:Target::scaling-target`: short, and unique in a stack with components that repeat their names."""
    kind, name = urn.split("::", 2)[2].rsplit("::", 1)
    return f"{kind.rpartition('$')[2].rpartition('/')[2]}::{name}"


def plain(value: Any) -> Any:
    """A value without what differs from run to run: an encrypted secret becomes a marked one, an asset its kind."""
    if isinstance(value, Mapping):
        if "ciphertext" in value and SIGNATURE in value:
            return {SIGNATURE: value[SIGNATURE], "value": "not recorded"}
        if SIGNATURE in value and "hash" in value:
            return "an asset"
        return {key: plain(each) for key, each in sorted(value.items()) if not key.startswith("__")}
    return [plain(each) for each in value] if isinstance(value, list) else value


def table(resources: Iterable[Mapping[str, Any]]) -> dict[str, Row]:
    """The state's resources as `policies.examples` reads them, providers and the stack itself left out."""
    kept = [r for r in resources if not r["type"].startswith("pulumi:p") and not r.get("delete")]
    keys = {resource["urn"]: key_of(resource["urn"]) for resource in kept}
    if len(set(keys.values())) < len(keys):
        raise ValueError(f"two resources share a key: {sorted(keys.values())}")
    return {keys[resource["urn"]]: row(resource, keys) for resource in sorted(kept, key=lambda r: keys[r["urn"]])}


def row(resource: Mapping[str, Any], keys: Mapping[str, str]) -> Row:
    inputs, outputs = plain(resource.get("inputs") or {}), plain(resource.get("outputs") or {})
    links = {
        path: sorted(keys[urn] for urn in urns or () if urn in keys)
        for path, urns in sorted((resource.get("propertyDependencies") or {}).items())
    }
    found = {
        "type": resource["type"],
        "name": resource["urn"].rpartition("::")[2],
        "parent": keys.get(resource.get("parent") or ""),
        "protect": resource.get("protect"),
        "ignores": resource.get("ignoreChanges"),
        "properties": inputs,
        "adds": {key: value for key, value in outputs.items() if inputs.get(key) != value},
        "links": {path: names for path, names in links.items() if names},
    }
    return {key: value for key, value in found.items() if value}


def record(target: Target) -> dict[str, Row]:
    """Deploys one target into clouds of its own. Raises RuntimeError: it could not be deployed."""
    with tempfile.TemporaryDirectory(prefix="inventories-") as folder:
        sandbox = Sandbox(Path(folder))
        run = Run(root=ROOT, engine=install.ensure(print), pool=Pool(1), sandbox=sandbox, judged=False, seconds=300)
        done = perform(run, [target], Operation.UPDATE, lambda _: None)[target]
        if done.error:
            raise RuntimeError(f"{target}: {done.error.message}")
        return table(state_of(sandbox.state, target))


def state_of(state: Path, target: Target) -> list[Mapping[str, Any]]:
    file = state / ".pulumi" / "stacks" / target.stack / f"{target.environment}.json"
    return json.loads(file.read_text(encoding="utf-8"))["checkpoint"]["latest"]["resources"]


def text(found: Mapping[str, Row]) -> str:
    """JSON with one line per resource: small, and readable as a diff."""
    lines = (f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False)}" for key, value in found.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def main() -> None:
    wanted = set(sys.argv[1:])
    targets = [target for target in discover(ROOT) if not wanted or str(target) in wanted]
    FOLDER.mkdir(exist_ok=True)
    for target in targets:
        found = record(target)
        (FOLDER / f"{target.stack}.{target.environment}.json").write_text(text(found), encoding="utf-8")
        print(f"{target}: {len(found)} resources")


if __name__ == "__main__":
    main()
