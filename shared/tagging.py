"""Puts the stack's tags on every resource that can carry them, children of remote components included.

Rather than a provider's default tags: those show in no resource's inputs, so neither the policies nor a reviewer would
see them.
"""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from keyword import iskeyword
from typing import Any, cast

import pulumi

PACKAGES = {"aws": "pulumi_aws", "azure-native": "pulumi_azure_native"}


@cache
def is_taggable(token: str) -> bool:
    """Whether the resource class behind a type token (`aws:ec2/vpc:Vpc`) takes a mapping called `tags`."""
    package, _, rest = token.partition(":")
    module, _, name = rest.partition(":")
    if package not in PACKAGES or not name:
        return False
    folder = module.split("/")[0]
    if folder == "index":
        return False
    with warnings.catch_warnings():
        # importing a service's module warns of every class in it that is deprecated, used or not
        warnings.simplefilter("ignore", DeprecationWarning)
        resource = _resource_class(package, folder, name)
    return resource is not None and "tags" in inspect.signature(resource._internal_init).parameters


def _resource_class(package: str, folder: str, name: str) -> Any:
    imported = import_module(f"{PACKAGES[package]}.{folder}_" if iskeyword(folder) else f"{PACKAGES[package]}.{folder}")
    return getattr(imported, name, None)


def with_tags(inputs: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, Any]:
    """A resource's inputs with `tags`; its own tags win over these."""
    own = inputs.get("tags") or {}
    if isinstance(own, pulumi.Output):
        return {**inputs, "tags": own.apply(lambda known: {**tags, **known})}
    return {**inputs, "tags": {**tags, **cast(Mapping[str, str], own)}}
