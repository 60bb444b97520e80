"""The rules, one module per service. `catalogue()` is all of them in the order of the modules and of their lines."""

from __future__ import annotations

from importlib import import_module

from ..rule import Rule

MODULES = (
    "pack",
    "application_autoscaling",
    "sagemaker",
    "ecs",
    "load_balancer",
    "network",
    "logs",
    "storage",
    "tags",
)


def catalogue() -> tuple[Rule, ...]:
    """Every rule of the pack."""
    modules = [import_module(f"{__name__}.{name}") for name in MODULES]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Rule))
