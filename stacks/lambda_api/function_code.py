"""The function's own code: the handler and what it imports, zipped from this checkout, a few kilobytes.

Model and inference runtime are large, change at their own pace and come as layers. So a preview needs nothing built,
and a change of the handler is a change of this repository that a reviewer has read.
"""

from __future__ import annotations

from pathlib import Path

import pulumi

RUNTIME = "python3.13"
HANDLER = "serving.adapters.aws_lambda.handler"
MODULES = (
    "model/model.toml",
    "serving/__init__.py",
    "serving/adapters/__init__.py",
    "serving/adapters/aws_lambda.py",
    "serving/contract.py",
    "serving/description.py",
    "serving/events.py",
    "serving/logs.py",
    "serving/model.py",
    "serving/service.py",
)
# relative to the stack's folder, where every Pulumi program runs: no machine's path gets into the state
REPOSITORY = Path("../..")


def function_code() -> pulumi.AssetArchive:
    """Listed one by one: a folder would take in caches, and with them another hash on every machine."""
    return pulumi.AssetArchive({module: pulumi.FileAsset(REPOSITORY / module) for module in MODULES})
