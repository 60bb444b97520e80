"""What a stack has once in each region: its zones, its encryption key, its topic for alarms and its log settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pulumi

from shared.aws.component import Component
from shared.aws.encryption import Encryption
from shared.aws.notifications import Notifications
from shared.aws.place import Place
from shared.ownership import Alarms, Logs
from shared.stack import Stack


class Site(Component):
    """What every other component of the stack in this region is given.

    Its zones have the `services` that are reached through interface endpoints, and instances of `instance_type`.
    """

    place: Place
    region: str
    zones: tuple[str, ...]
    logs: Logs
    limits: Alarms
    key_arn: pulumi.Output[str]
    topic_arn: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        stack: Stack[Any],
        region: str,
        services: Sequence[str] = (),
        instance_type: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        settings = stack.settings
        self.place = Place.find(region, settings.availability, services=services, instance_type=instance_type)
        self.region, self.zones = self.place.region, self.place.zones
        self.logs, self.limits = settings.logs, settings.alarms
        alias = stack.physical_name(limit=200)
        self.key_arn = Encryption(f"{name}-encryption", place=self.place, alias=alias, opts=self.child()).arn
        self.topic_arn = Notifications(
            f"{name}-notifications",
            place=self.place,
            recipients=settings.alarms.notify,
            key_arn=self.key_arn,
            opts=self.child(),
        ).topic_arn
        self.register_outputs({"key_arn": self.key_arn, "topic_arn": self.topic_arn})
