"""The names of types and of properties: providers keep older ones for years, and programs go on writing them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

# types that azure-native 3 moved to another module, as its SDK's aliases have it
MOVED = {
    "azure-native:cache:Redis": "azure-native:redis:Redis",
    "azure-native:insights:ActionGroup": "azure-native:monitor:ActionGroup",
    "azure-native:insights:AutoscaleSetting": "azure-native:monitor:AutoscaleSetting",
    "azure-native:insights:DiagnosticSetting": "azure-native:monitor:DiagnosticSetting",
    "azure-native:insights:MetricAlert": "azure-native:monitor:MetricAlert",
    "azure-native:insights:ScheduledQueryRule": "azure-native:monitor:ScheduledQueryRule",
    "azure-native:network:Policy": "azure-native:frontdoor:Policy",
    "azure-native:network:PrivateRecordSet": "azure-native:privatedns:PrivateRecordSet",
    "azure-native:network:PrivateZone": "azure-native:privatedns:PrivateZone",
    "azure-native:network:Profile": "azure-native:trafficmanager:Profile",
    "azure-native:network:VirtualNetworkLink": "azure-native:privatedns:VirtualNetworkLink",
}


@lru_cache(maxsize=4096)
def current_type(written: str) -> str:
    """The present name of a type: modules that were renamed or left, `V2` that was dropped, Azure's API versions.

    https://www.pulumi.com/registry/packages/aws/how-to-guides/7-0-migration/ (BucketV2 and its kind),
    https://www.pulumi.com/registry/packages/azure-native/version-guide/ (a version within the module)
    """
    balancing = re.sub(r"^aws:(alb|applicationloadbalancing|elasticloadbalancingv2)/", "aws:lb/", written)
    storage = re.sub(r"^aws:s3/(bucket\w*)V2:(Bucket\w*)V2$", r"aws:s3/\1:\2", balancing)
    plain = re.sub(r"^azure-native:(\w+)/v\d{8}\w*:", r"azure-native:\1:", storage)
    return MOVED.get(plain, plain)


def current_properties(type_: str, properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """The properties under their present names: Azure ML's were called by their resource before azure-native 3.

    `onlineEndpointProperties`, `onlineDeploymentProperties` and their kind are `properties` today.
    https://www.pulumi.com/registry/packages/azure-native/from-v2-to-v3/
    """
    kind = type_.rpartition(":")[2]
    older = f"{kind[:1].lower()}{kind[1:]}Properties"
    if not type_.startswith("azure-native:machinelearningservices:") or older not in properties:
        return properties
    return {"properties": properties[older], **properties}
