"""What AWS computes about a resource, as templates (see `identities` for the words they may use).

Only what programs read and pass on is here: addresses, endpoints, names of other resources, defaults that matter. The
rest gets placeholders by name and type.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rehearsal.aws.computed_network import NETWORK
from rehearsal.aws.computed_services import SERVICES
from rehearsal.aws.computed_stores import STORES

COMPUTED: Mapping[str, Mapping[str, Any]] = {**NETWORK, **SERVICES, **STORES}

# Outputs that count a resource's updates.
COUNTERS: dict[str, frozenset[str]] = {
    "aws:ec2/launchTemplate:LaunchTemplate": frozenset({"latestVersion"}),
    "aws:lambda/function:Function": frozenset({"version", "qualifiedArn", "qualifiedInvokeArn"}),
    "aws:ssm/parameter:Parameter": frozenset({"version"}),
}
# Inputs whose change alone makes no new version; a function that does not publish makes none at all.
UNCOUNTED: dict[str, frozenset[str]] = {
    "aws:lambda/function:Function": frozenset({"tags", "tagsAll", "reservedConcurrentExecutions", "publish"}),
}
