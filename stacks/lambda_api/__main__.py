"""A REST API whose function keeps as many warm copies of the model as the traffic needs.

caller ─ SigV4 or key ─▶ web ACL ─▶ API Gateway, stage `prod`: POST /inference, body checked, rate limited
                                       │ (a canary sends its share to the newest version)
                                       ▼
                                    Lambda alias `live` ─▶ version n: code from here, model and runtime as layers
                                       │ provisioned concurrency min..max
                                       └─▶ CloudWatch ─▶ target tracking, alarms, mail

The alias has no weights of its own: Lambda refuses them together with provisioned concurrency, so the stage splits
the traffic (docs/adr/0005-lambda-canary-by-stage.md).
"""

from __future__ import annotations

from caller_access import CallerAccess
from model_function import ModelFunction
from route import Route
from settings import Settings
from stage import Stage
from watch import Watch

from shared.aws.site import Site
from shared.aws.warm_copies import WarmCopies
from shared.outputs import export_endpoint
from shared.stack import Stack

stack = Stack.load(Settings)
settings = stack.settings
name = stack.physical_name(limit=64)

# the region: its zones, the key that encrypts everything, where alarms send mail
site = Site("site", stack=stack, region=settings.availability.regions[0])

# the model: a function, each change of it a version, and the alias that says which one is live
function = ModelFunction("model", site=site, stack=stack)

# the way in: one route, checked before the function is paid for, and the stage that callers reach
route = Route("route", site=site, base_name=name, settings=settings.api, function=function)
stage = Stage("stage", site=site, base_name=name, settings=settings, route=route, function=function)
CallerAccess("caller", base_name=name, method_arn=stage.method_arn)

# warm copies follow the traffic
WarmCopies("scaling", site=site, scaling=settings.scaling, alias=function.live)

# the alarms of the two promises, and the dashboard beside them
watch = Watch("watch", site=site, base_name=name, settings=settings)

export_endpoint(
    stack,
    invoke=stage.invoke,
    zones=site.zones,
    dashboard_url=watch.dashboard_url,
    api_endpoint=stage.url,
    live_version=function.live.function_version,
    model_digest=settings.release.artefact_digest,
)
