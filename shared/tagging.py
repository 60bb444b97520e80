"""Puts the stack's tags on every resource that can carry them, children of remote components included.

A transform of the engine, rather than a provider's default tags: those show in no resource's inputs, so neither the
policies nor a reviewer would see them.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from keyword import iskeyword
from typing import cast

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
    imported = import_module(f"{PACKAGES[package]}.{folder}_" if iskeyword(folder) else f"{PACKAGES[package]}.{folder}")
    resource = getattr(imported, name, None)
    return resource is not None and "tags" in inspect.signature(resource._internal_init).parameters


def tag_everything(tags: Mapping[str, str]) -> None:
    """Register the transform for the program that is running; a resource's own tags win over these."""

    def add_tags(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult | None:
        if not is_taggable(args.type_):
            return None
        own = cast(Mapping[str, str], args.props.get("tags") or {})
        return pulumi.ResourceTransformResult(props={**args.props, "tags": {**tags, **own}}, opts=args.opts)

    pulumi.runtime.register_resource_transform(add_tags)
