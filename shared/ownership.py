"""Who owns and pays for a stack, where its alarms send mail, and how long its logs are kept."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from shared.block import Block


class Tags(Block):
    """Put on every resource that can carry tags."""

    owner: str = Field(pattern=r"^[\w.@+-]{1,100}$", description="team that is responsible for the stack")
    cost_center: str = Field(pattern=r"^[\w.-]{1,50}$", description="who pays")
    data_class: Literal["public", "internal", "confidential", "restricted"] = Field(
        description="the most sensitive data a request or response may hold"
    )
    model: str = Field(pattern=r"^[a-zA-Z0-9][a-zA-Z0-9.-]{0,49}$", description="name of the model that is served")


class Alarms(Block):
    """The two promises callers get (errors and latency), and where mail goes when one is broken."""

    notify: tuple[str, ...] = Field(min_length=1, description="mail addresses that alarms are sent to")
    error_percent: float = Field(
        gt=0, le=50, description="share of failed requests over five minutes that raises the alarm"
    )
    latency_ms: int = Field(ge=1, le=900_000, description="99th percentile of latency that raises the alarm")


class Logs(Block):
    """How long logs are kept."""

    retention_days: Literal[7, 14, 30, 60, 90, 120, 180, 365, 400, 731] = Field(description="days logs are kept")
