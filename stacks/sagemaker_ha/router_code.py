"""The router's own code, zipped from this checkout: a preview needs nothing built, a reviewer reads what runs."""

from __future__ import annotations

from pathlib import Path

import pulumi

RUNTIME = "python3.13"
HANDLER = "serving.router.handler.handler"
# boto3 is part of the runtime; the rest is the standard library
MODULES = (
    "model/model.toml",
    "serving/__init__.py",
    "serving/contract.py",
    "serving/description.py",
    "serving/events.py",
    "serving/logs.py",
    "serving/router/__init__.py",
    "serving/router/config.py",
    "serving/router/handler.py",
    "serving/router/health.py",
    "serving/router/routing.py",
    "serving/router/runtime.py",
)
# relative to the stack's folder, where every Pulumi program runs: no machine's path gets into the state
REPOSITORY = Path("../..")


def router_code() -> pulumi.AssetArchive:
    """Listed one by one: a folder would take in caches, and with them another hash on every machine."""
    return pulumi.AssetArchive({module: pulumi.FileAsset(REPOSITORY / module) for module in MODULES})
