"""The router's settings, from the environment variables that the stack gives the function."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """One region's endpoint; `url` replaces the region's public address, for a VPC endpoint or a rehearsal."""

    region: str
    endpoint: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Config:
    """Times are seconds. `peer` is None where the release has one region only."""

    local: Target
    peer: Target | None
    connect_timeout: float
    read_timeout: float
    health_ttl: float


class ConfigError(ValueError):
    """A variable is missing or wrong; the message names it."""


def read(environment: Mapping[str, str]) -> Config:
    """Read the settings.

    The defaults keep the worst case, two local attempts and one in the peer region, at 27 s: under the 29 s that
    the function is given and the 30 s that the load balancer's health check waits.

    Raises:
        ConfigError: naming the variable.
    """
    peer_name, peer_region = environment.get("PEER_ENDPOINT_NAME"), environment.get("PEER_REGION")
    if bool(peer_name) != bool(peer_region):
        raise ConfigError("PEER_ENDPOINT_NAME, PEER_REGION: expected both or neither, found one")
    peer = Target(peer_region, peer_name, environment.get("PEER_URL")) if peer_name and peer_region else None
    return Config(
        local=Target(
            _required(environment, "AWS_REGION"),
            _required(environment, "ENDPOINT_NAME"),
            environment.get("ENDPOINT_URL"),
        ),
        peer=peer,
        connect_timeout=_seconds(environment, "CONNECT_TIMEOUT_SECONDS", "1"),
        read_timeout=_seconds(environment, "READ_TIMEOUT_SECONDS", "8"),
        health_ttl=_seconds(environment, "HEALTH_TTL_SECONDS", "10"),
    )


def _required(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise ConfigError(f"{name}: missing, expected the name of this region or of its SageMaker endpoint")
    return value


def _seconds(environment: Mapping[str, str], name: str, default: str) -> float:
    text = environment.get(name) or default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 < value <= 60:
        raise ConfigError(f"{name}: expected seconds above 0 and up to 60, found {text!r}")
    return value
