"""The rules, one module per service. `catalogue()` is all of them in the order of the modules and of their lines."""

from __future__ import annotations

from importlib import import_module

from ..rule import Rule

MODULES = (
    "exemptions_in_order",
    "pack_settings",
    "application_autoscaling",
    "scaling_values",
    "scaling_schedules",
    "sagemaker_capacity",
    "sagemaker_rollout",
    "sagemaker_security",
    "sagemaker_watch",
    "ecs",
    "ecs_rollout",
    "ecs_tasks",
    "fargate",
    "auto_scaling_groups",
    "ecs_places",
    "lambda_concurrency",
    "lambda_function",
    "lambda_permission",
    "lambda_queue",
    "event_sources",
    "api_gateway",
    "api_gateway_http",
    "api_calls",
    "api_access",
    "load_balancer",
    "target_groups",
    "waf",
    "dns",
    "certificates",
    "cloudfront",
    "entry_points",
    "network",
    "network_ways",
    "network_gates",
    "kubernetes_nodes",
    "kubernetes_networks",
    "data_stores",
    "iam",
    "secrets",
    "weak_settings",
    "image_registry",
    "buckets",
    "encryption",
    "log_groups",
    "alarms",
    "alarm_values",
    "alarm_ways",
    "without_effect",
    "tags",
    "azure_autoscale",
    "azure_autoscale_rules",
    "azure_container_apps",
    "azure_entry_points",
    "azure_gateways",
    "azure_private_ways",
    "azure_scale_sets",
    "azure_networks",
    "azure_runs",
    "azure_ml",
    "azure_watch",
    "azure_workspace",
    "azure_platform",
    "lifecycle",
    "change_addresses",
    "change_capacity",
    "change_guards",
    "change_images",
    "change_records",
)


def catalogue() -> tuple[Rule, ...]:
    """Every rule of the pack."""
    modules = [import_module(f"{__name__}.{name}") for name in MODULES]
    return tuple(value for module in modules for value in vars(module).values() if isinstance(value, Rule))
