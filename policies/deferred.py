"""Modules that the SDK imports when it is imported, and that a judge never uses: imported when somebody asks for them.

`importlib.util.LazyLoader` does not do it: the import statement itself looks at a module's attributes and so loads it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from types import ModuleType
from typing import Any

# dynamic providers with dill, the automation API with its processes and HTTP, asynchronous gRPC: a fifth of the start
UNUSED = ("pulumi.automation", "pulumi.dynamic", "grpc.aio", "psutil")


def defer_unused() -> None:
    """Before the SDK is imported. A module that is not there, or is imported already, is left alone."""
    for name in UNUSED:
        parent = PathFinder.find_spec(name.rpartition(".")[0] or name)
        places = parent.submodule_search_locations if parent and "." in name else None
        if (spec := PathFinder.find_spec(name, places)) and name not in sys.modules:
            sys.modules[name] = defer_module(spec)


def defer_module(spec: ModuleSpec) -> ModuleType:
    """A module that is executed when something in it is asked for (PEP 562)."""
    module = module_from_spec(spec)
    module.__dict__["__getattr__"] = _loader(module, spec)
    return module


def _loader(module: ModuleType, spec: ModuleSpec) -> Callable[[str], Any]:
    def load(name: str) -> Any:
        if name.startswith("__") or spec.loader is None:  # the import system's own questions
            raise AttributeError(name)
        del module.__dict__["__getattr__"]
        spec.loader.exec_module(module)
        return getattr(module, name)

    return load
