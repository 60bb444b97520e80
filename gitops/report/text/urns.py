"""Readable names out of Pulumi's URNs and type tokens."""

from __future__ import annotations

import re

STACK_TYPE = "pulumi:pulumi:Stack"


def resource_name(urn: str | None) -> str:
    """`urn:pulumi:prod::ecs::aws:ecs/service:Service::api` → `api`; a URN of another shape is given back whole."""
    return (urn or "").split("::", 3)[-1]


def class_name(type_token: str) -> str:
    """`aws:ecs/service:Service` → `Service`."""
    return type_token.rsplit(":", 1)[-1]


def short_type(type_token: str) -> str:
    """`aws:ecs/service:Service` → `aws.ecs.Service`, `random:index/randomId:RandomId` → `random.RandomId`."""
    package, _, rest = type_token.partition(":")
    module, _, name = rest.rpartition(":")
    module = module.split("/", 1)[0].replace("index", "")
    return ".".join(part for part in (package, module, name) if part)


def noun(type_token: str) -> str:
    """The class in lower-case words: `EndpointConfiguration` → `endpoint configuration`, `RestApi` → `rest api`."""
    words = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", re.sub(r"V\d+$", "", class_name(type_token)))
    return " ".join(word if word.isupper() and len(word) > 1 else word.lower() for word in words) or type_token


def is_plumbing(type_token: str) -> bool:
    """The engine's own bookkeeping (the stack itself, providers), which no cloud holds."""
    return type_token == STACK_TYPE or type_token.startswith("pulumi:providers:")
