"""Functions on Azure that a queue or a stream starts: what the platform has to see to start more of them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import autoscaling
from .azure_runs import APP, LEARN, PLAN

BROKERS = ("azure-native:servicebus:Namespace", "azure-native:eventhub:Namespace")
SEES = "siteConfig.functionsRuntimeScaleMonitoringEnabled"
ELASTIC = "EP"  # the tiers of the Premium plan, of which the setting is


@autoscaling.medium(
    APP,
    reference=f"{LEARN}/azure-functions/functions-networking-options",
    fix="Set functions_runtime_scale_monitoring_enabled in site_config.",
)
def azure_function_scales_with_a_private_queue(app: Resource, stack: Stack) -> Iterator[str]:
    """A function app on a Premium plan scales with the queue that it reads through its network.

    What starts instances lies outside the network, and cannot see the messages of a namespace that is closed to the
    internet: they wait for the instances that are there already. With the setting it asks the app's own runtime. It is
    advice: an app that only sends to the namespace needs none.
    """
    elastic = any((plan.text("sku.name") or "").startswith(ELASTIC) for plan in stack.follow(app, "serverFarmId", PLAN))
    closed = [
        broker
        for broker in stack.follow(app, "siteConfig", *BROKERS)
        if broker.text("publicNetworkAccess") == "Disabled"
    ]
    for broker in closed if elastic and app.has("virtualNetworkSubnetId") else ():
        if not app.flag(SEES):
            yield f"{SEES} is {app.show(SEES)} and {broker} is closed to the internet, wanted true"
