"""What callers are given: leave to score at this endpoint. The built-in roles that can do so can do far more."""

from __future__ import annotations

import pulumi
from component import Component
from foundation import Foundation
from pulumi_azure_native import authorization

SCORE = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"
READ = "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/read"


class CallerRole(Component):
    """A role to assign to callers' identities on the endpoint; `role_id` is its id."""

    role_id: pulumi.Output[str]

    def __init__(self, name: str, *, base: Foundation) -> None:
        super().__init__(name)
        role = authorization.RoleDefinition(
            f"{name}-score",
            scope=base.group_id,
            role_name=f"{base.base_name} caller",
            description="Send requests to the online endpoint, and see that it is there",
            permissions=[{"actions": [READ, SCORE], "not_actions": [], "data_actions": [], "not_data_actions": []}],
            assignable_scopes=[base.group_id],
            opts=self.child(),
        )
        self.role_id = role.id
        self.register_outputs({"role_id": self.role_id})
