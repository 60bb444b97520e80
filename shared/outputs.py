"""What every stack exports, under the same names: how to reach the endpoint, how it scales, where it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pulumi

from shared.settings import StackSettings
from shared.stack import Stack

Auth = Literal["none", "sigv4", "api_key", "aad_token"]


@dataclass(frozen=True)
class Invoke:
    """How a client calls the endpoint: a request with `method` to `url`, authenticated by `auth`.

    `service` and `region` are what SigV4 signs for; `health_url` answers 200 when the endpoint can serve.
    """

    url: pulumi.Input[str]
    auth: Auth
    method: str = "POST"
    content_type: str = "application/json"
    service: str | None = None
    region: str | None = None
    health_url: pulumi.Input[str] | None = None
    key_id: pulumi.Input[str] | None = None

    def mapping(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if value is not None}


def export_endpoint(
    stack: Stack[Any],
    *,
    invoke: Invoke,
    zones: pulumi.Input[Sequence[str]] | Mapping[str, pulumi.Input[Sequence[str]]],
    dashboard_url: pulumi.Input[str],
    image: str | None = None,
    traffic: Mapping[str, int] | None = None,
    **names: pulumi.Input[str],
) -> None:
    """Export the endpoint; `names` are the backend's own words for it (`endpoint_name`, `app_url`, `endpoint_url`).

    `scaling`, `release` and `regions` come from the settings, so they are plain numbers and names in every preview.
    `image` is what serves the model, `traffic` the percentage of each slot where the backend has slots.
    """
    settings: StackSettings = stack.settings
    pulumi.export("endpoint_url", invoke.url)
    for name, value in names.items():
        pulumi.export(name, value)
    pulumi.export("invoke", invoke.mapping())
    pulumi.export("scaling", settings.scaling.plain())
    pulumi.export("regions", list(settings.availability.regions))
    pulumi.export("zones", zones)
    pulumi.export("dashboard_url", dashboard_url)
    pulumi.export("model_version", settings.release.model_version)
    pulumi.export("release", describe_release(settings, image, traffic))


def describe_release(
    settings: StackSettings, image: str | None, traffic: Mapping[str, int] | None
) -> dict[str, object]:
    """What is served, how traffic moves to it and what watches that, to be compared with the release before."""
    return {
        **settings.release.plain(),
        **({"image": image} if image else {}),
        **({"traffic": dict(traffic)} if traffic else {}),
        "alarms": settings.alarms.model_dump(mode="json", include={"error_percent", "latency_ms"}),
        "alarms_turn_back": settings.alarms_turn_back,
    }
