"""An online endpoint in Azure Machine Learning with two slots, so that a new model and the old one serve side by side.

caller ─ Entra token ─▶ private link ─▶ workspace ─▶ online endpoint ─┬─ blue:  model n   ─┐  min..max instances each
                                                    (traffic split)   └─ green: model n-1 ─┘
                                                                            │ models and images over private links
                                                                            └─▶ Azure Monitor ─▶ out, in, alerts

Deployments run on managed instances. The workspace's cluster (0 to 4 nodes) builds images and runs batches.
"""

from __future__ import annotations

from access.caller_role import CallerRole
from access.identities import Identity, endpoint_grants, workspace_grants
from endpoint.assets import Assets
from endpoint.autoscale import Autoscale
from endpoint.managed import ManagedEndpoint
from foundation import Foundation
from monitoring.watch import Watch
from network.private_access import PrivateAccess
from settings import Settings
from workspace.stores import Stores
from workspace.workspace import MLWorkspace

from shared.outputs import export_endpoint
from shared.stack import Stack

stack = Stack.load(Settings)
settings = stack.settings

# the ground: a resource group, logs and traces, where alarms send mail
base = Foundation("base", stack=stack)

# the workspace: its stores, who it is and may do, and the private link that callers come through
stores = Stores("stores", base=base)
builder = Identity("workspace", base=base, grants=workspace_grants(base, stores, settings.workspace))
workspace = MLWorkspace("ml", base=base, settings=settings.workspace, stores=stores, identity=builder)
PrivateAccess("access", base=base, settings=settings.workspace, workspace=workspace)

# the model, its code and its environment of each slot, registered under the release's number
assets = Assets("assets", base=base, settings=settings, container=stack.container, workspace=workspace)

# the endpoint: an identity with its roles first, then the address, the slots and the traffic between them
server = Identity("server", base=base, grants=endpoint_grants(stores, settings.workspace, workspace.id))
endpoint = ManagedEndpoint("serving", base=base, stack=stack, workspace=workspace, identity=server, assets=assets)
CallerRole("caller", base=base)

# instances follow the traffic, slot by slot
scaling = Autoscale("scaling", base=base, scaling=settings.scaling, slots=endpoint.slots)

# the alarms of the two promises, and the dashboard beside them
watch = Watch("watch", base=base, settings=settings, workspace=workspace, endpoint=endpoint, autoscale=scaling)

export_endpoint(
    stack,
    invoke=endpoint.invoke,
    zones=base.zones,
    dashboard_url=watch.dashboard_url,
    image=settings.release.image,
    traffic=settings.rollout.traffic,
    scoring_uri=endpoint.scoring_uri,
)
