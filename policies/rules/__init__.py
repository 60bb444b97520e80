"""The rules, one module per service. `catalogue()` is all of them in the order of the modules and of their lines."""

from __future__ import annotations

from importlib import import_module

from ..rule import Rule

MODULES = (
    "pack",
    "application_autoscaling",
    "scaling_schedules",
    "sagemaker",
    "sagemaker_security",
    "ecs",
    "ecs_rollout",
    "ecs_tasks",
    "lambda_function",
    "api_gateway",
    "load_balancer",
    "firewall",
    "dns",
    "network",
    "iam",
    "secrets",
    "registry",
    "storage",
    "logs",
    "tags",
    "azure_autoscale",
    "azure_ml",
    "azure_workspace",
    "azure_platform",
    "lifecycle",
)


def catalogue() -> tuple[Rule, ...]:
    """Every rule of the pack."""
    modules = [import_module(f"{__name__}.{name}") for name in MODULES]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Rule))
