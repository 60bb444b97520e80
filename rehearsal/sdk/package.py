"""Finds the SDK class for a type token without loading more of the SDK than that class.

Each SDK registers its tokens as JSON in its `__init__.py`. The JSON is read as text, so that a package of 1,700 types
costs one file read. The SDKs load modules lazily and are not thread-safe, so one lock guards every import.
"""

from __future__ import annotations

import ast
import importlib
import json
import re
import threading
import typing
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from rehearsal.sdk.case import camel_case, snake_case
from rehearsal.sdk.documented import read_documented_defaults
from rehearsal.sdk.documented_groups import Group, read_groups
from rehearsal.sdk.types import Property, properties, read_annotation

_IMPORTING = threading.RLock()


class UnknownTokenError(LookupError):
    """The SDK has no such resource or function."""


@dataclass(frozen=True)
class ResourceType:
    """One resource type. `inputs` and `outputs` are by wire name, `documentation` is the SDK's text."""

    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]
    documentation: str

    @cached_property
    def defaults(self) -> Mapping[str, Any]:
        """The documented defaults of inputs."""
        return read_documented_defaults(self.documentation, self.inputs)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The documented groups of inputs that exclude or need each other."""
        return read_groups(self.documentation, self.inputs)

    @property
    def name(self) -> str:
        return self.token.rpartition(":")[2]

    @property
    def module(self) -> str:
        """`ecs` of `aws:ecs/cluster:Cluster`, `storage` of `azure-native:storage:StorageAccount`."""
        return self.token.split(":")[1].partition("/")[0]


@dataclass(frozen=True)
class FunctionType:
    token: str
    inputs: Mapping[str, Property]
    outputs: Mapping[str, Property]


class Sdk:
    """One installed SDK, named like the package in tokens (`aws`, `azure-native`)."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.module_name = f"pulumi_{package.replace('-', '_')}"
        self._resources: dict[str, ResourceType] = {}
        self._functions: dict[str, FunctionType] = {}

    @cached_property
    def _registered(self) -> dict[str, tuple[str, str]]:
        """Maps each token to its Python module and class, as the SDK registers them."""
        spec = find_spec(self.module_name)
        if spec is None or spec.origin is None:
            raise ImportError(f"the SDK {self.module_name} is not installed; run make setup")
        source = Path(spec.origin).read_text(encoding="utf-8")
        literal = re.search(r'resource_modules=(""".*?""")', source, re.DOTALL)
        modules = json.loads(ast.literal_eval(literal.group(1))) if literal else []
        return {token: (module["fqn"], name) for module in modules for token, name in module["classes"].items()}

    @cached_property
    def _module_of(self) -> dict[str, str]:
        """Maps the first part of a token's module (`lambda`) to the Python module (`pulumi_aws.lambda_`)."""
        modules = {token.split(":")[1].partition("/")[0]: fqn for token, (fqn, _) in self._registered.items()}
        return modules | {"index": self.module_name}

    def resource(self, token: str) -> ResourceType:
        """Returns the resource type of a token. Raises UnknownTokenError, naming the nearest type, if there is none."""
        with _IMPORTING:
            if token not in self._resources:
                self._resources[token] = self._read_resource(token)
            return self._resources[token]

    def find_resource(self, token: str) -> ResourceType | None:
        try:
            return self.resource(token)
        except UnknownTokenError:
            return None

    def function(self, token: str) -> FunctionType:
        """Returns the function type of a token. Raises UnknownTokenError if the SDK does not have it."""
        with _IMPORTING:
            if token not in self._functions:
                self._functions[token] = self._read_function(token)
            return self._functions[token]

    def provider_inputs(self) -> Mapping[str, Property]:
        """Returns the configuration properties of the package's provider."""
        with _IMPORTING:
            return properties(importlib.import_module(f"{self.module_name}.provider").ProviderArgs)

    def _read_resource(self, token: str) -> ResourceType:
        known = _strip_version(token, self._registered)
        if known is None:
            nearest = get_close_matches(token, self._registered, n=1)
            hint = f"; did you mean {nearest[0]!r}?" if nearest else ""
            raise UnknownTokenError(f"the installed {self.module_name} has no resource {token!r}{hint}")
        module, name = self._registered[known]
        cls = getattr(importlib.import_module(module), name)
        home = importlib.import_module(cls.__module__)
        arguments = getattr(home, f"{name}InitArgs", None) or getattr(home, f"{name}Args")
        documentation = "".join(overload.__doc__ or "" for overload in typing.get_overloads(cls.__init__)[:1])
        return ResourceType(token, properties(arguments), properties(cls), documentation)

    def _read_function(self, token: str) -> FunctionType:
        _, module, name = token.split(":")
        folder = module.partition("/")[0]
        home = self._module_of.get(folder, f"{self.module_name}.{folder}")  # `pricing` has functions but no resources
        python_name = snake_case(name)
        try:
            defined = importlib.import_module(f"{home}.{python_name}")
        except ModuleNotFoundError:
            raise UnknownTokenError(f"the installed {self.module_name} has no function {token!r}") from None
        result = getattr(defined, f"{name[0].upper()}{name[1:]}Result", None)
        outputs = properties(result) if result is not None else {}
        return FunctionType(token, _arguments(getattr(defined, python_name), defined), outputs)


def import_ahead(modules: Iterable[str]) -> None:
    """Imports SDK modules before a resource needs them. A missing module is reported when a resource needs it."""
    for name in modules:
        with _IMPORTING, suppress(ImportError):
            getattr(importlib.import_module(name), "__all__", None)  # the SDK's lazy loader imports on attribute access


def _strip_version(token: str, registered: Mapping[str, Any]) -> str | None:
    """The registered token for one with or without an API version (`azure-native:storage/v20230101:StorageAccount`)."""
    if token in registered:
        return token
    plain = re.sub(r"/v\d{8}(preview|privatepreview|alpha|beta)?:", ":", token)
    return plain if plain in registered else None


def _arguments(function: Any, module: Any) -> dict[str, Property]:
    hints = typing.get_type_hints(getattr(function, "_pulumi_deprecated_callable", function), vars(module))
    names = [name for name in hints if name not in ("opts", "return")]
    return {camel_case(name): Property(read_annotation(hints[name]), False) for name in names}
