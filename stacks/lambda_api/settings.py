"""The config of the Lambda API, checked before the engine starts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from shared.availability import Availability
from shared.aws import lambda_limits as limits
from shared.aws.entrance_settings import FirewallSettings, PublicName
from shared.block import Block
from shared.checks import never_at_zero
from shared.ownership import Alarms
from shared.regions import Cloud
from shared.release import SHA256, Release, Strategy
from shared.scaling import Metric, Scaling
from shared.settings import Contradiction, Span, StackSettings

S3_OBJECT = r"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\S+$"


class Function(Block):
    """The function that holds the model."""

    memory_mb: int = Field(ge=128, le=10_240, description="memory; one vCPU comes with each 1,769 MB")
    timeout_seconds: int = Field(ge=1, le=300, description="longest one request may take")
    reserved_concurrency: int = Field(
        ge=1,
        description="reserved concurrency: the most requests at once, and ten times as many a second",
    )
    dependencies: str = Field(
        pattern=S3_OBJECT, description="layer with the inference runtime, `s3://…` in the stack's region"
    )
    dependencies_digest: str = Field(pattern=SHA256, description="SHA-256 of that layer's zip")
    model_sha256: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="SHA-256 of `model/model.onnx` in the artefact; the function starts with no other",
    )
    live_version: str | None = Field(
        None,
        pattern=r"^[1-9]\d*$",
        description="version that `live` points to during a canary or after a rollback; without it, the newest version",
    )


class Name(PublicName):
    """A name of one's own, with a certificate that is made for it or was there before."""

    certificate_arn: str | None = Field(
        None,
        pattern=r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}$",
        description="certificate for the name, in the stack's region; without it, the stack creates and validates one",
    )
    keep_gateway_address: bool = Field(
        False, description="whether API Gateway's own address still answers while callers move to the name"
    )


class Api(Block):
    """The entrance: who may call, how often, and how long a call may take."""

    auth: Literal["iam", "key"] = Field(description="`iam`: requests are signed (SigV4); `key`: an API key is sent")
    timeout_ms: int = Field(
        29_000, ge=50, le=300_000, description="longest wait for the function, `quotas.gateway_timeout_ms` at most"
    )
    requests_per_second: int = Field(ge=1, description="steady rate the stage accepts")
    burst: int = Field(ge=1, description="requests accepted at once above the rate")
    requests_per_day: int = Field(ge=1, description="quota of the usage plan's key")
    account_logging: bool = Field(
        description="whether this stack sets the account's one role for API Gateway logs in this region"
    )
    firewall: FirewallSettings
    name: Name | None = Field(
        None, description="your own domain name; without it, the API only has API Gateway's address"
    )

    @property
    def only_by_name(self) -> bool:
        """Whether API Gateway's own address answers nobody."""
        return self.name is not None and not self.name.keep_gateway_address


class Quotas(Block):
    """What the account may use; each can be raised in Service Quotas, and is then raised here.

    https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
    https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
    """

    lambda_concurrency: int = Field(
        limits.ACCOUNT_CONCURRENCY, ge=1, description="concurrent executions of the account's functions in the region"
    )
    gateway_requests_per_second: int = Field(
        10_000, ge=1, description="requests a second to the account's APIs in the region; 2,500 in some"
    )
    gateway_burst: int = Field(5_000, ge=1, description="requests at once above that rate; 1,250 in some regions")
    gateway_timeout_ms: int = Field(29_000, ge=50, description="longest integration timeout of a regional REST API")


def reserved_leaves_the_account_its_rest(function: Function, quotas: Quotas) -> Iterator[Contradiction]:
    most = limits.most_reserved(quotas.lambda_concurrency)
    if function.reserved_concurrency > most:
        expected = f"at most {most}: quotas.lambda_concurrency less the {limits.UNRESERVED} that must stay unreserved"
        yield Contradiction("function.reserved_concurrency", function.reserved_concurrency, expected)


def requests_fit_the_concurrency(api: Api, function: Function) -> Iterator[Contradiction]:
    most = limits.REQUESTS_PER_SECOND * function.reserved_concurrency
    if api.requests_per_second > most:
        yield Contradiction(
            "api.requests_per_second",
            api.requests_per_second,
            f"at most {most}: ten a second for each of function.reserved_concurrency ({function.reserved_concurrency})",
            "Lambda counts requests as well as how many run at once, and answers 429 above it",
        )


def gateway_within_quotas(api: Api, quotas: Quotas) -> Iterator[Contradiction]:
    limited = {
        "requests_per_second": quotas.gateway_requests_per_second,
        "burst": quotas.gateway_burst,
        "timeout_ms": quotas.gateway_timeout_ms,
    }
    for key, most in limited.items():
        if getattr(api, key) > most:
            yield Contradiction(f"api.{key}", getattr(api, key), f"at most quotas.gateway_{key} ({most})")


def certificate_in_region(api: Api, availability: Availability) -> Iterator[Contradiction]:
    """https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-specify-certificate-for-custom-domain-name.html"""
    arn, region = api.name.certificate_arn if api.name else None, availability.regions[0]
    if arn and arn.split(":")[3] != region:
        yield Contradiction("api.name.certificate_arn", arn, f"a certificate in {region}, the region of the API")


def warm_copies_fit(scaling: Scaling, function: Function) -> Iterator[Contradiction]:
    limit = function.reserved_concurrency
    for key, maximum in scaling.maxima.items():
        if maximum > limit:
            yield Contradiction(
                key, maximum, f"at most function.reserved_concurrency ({limit})", "provisioned comes out of reserved"
            )


def function_ends_before_the_gateway(function: Function, api: Api) -> Iterator[Contradiction]:
    if function.timeout_seconds * 1000 > api.timeout_ms:
        yield Contradiction(
            "function.timeout_seconds",
            function.timeout_seconds,
            f"at most api.timeout_ms ({api.timeout_ms} ms)",
            "the caller would have its 504 while the function runs on, and is paid for",
        )


def latency_alarm_can_ring(alarms: Alarms, api: Api) -> Iterator[Contradiction]:
    if alarms.latency_ms >= api.timeout_ms:
        yield Contradiction("alarms.latency_ms", alarms.latency_ms, f"below api.timeout_ms ({api.timeout_ms})")


def canary_keeps_a_live_version(release: Release, function: Function) -> Iterator[Contradiction]:
    if release.strategy is Strategy.CANARY and function.live_version is None:
        yield Contradiction(
            "function.live_version",
            None,
            "the number of the version that callers have now",
            "a canary moves a share to the new version; the rest has to stay somewhere",
        )


def steps_are_commits(release: Release) -> Iterator[Contradiction]:
    """API Gateway moves traffic when the config changes, never by the clock."""
    for key in ("wait", "bake"):
        seconds = getattr(release.steps, key)
        if seconds:
            yield Contradiction(f"release.steps.{key}", seconds, "0", "each step of this backend is a commit")
    if release.strategy is Strategy.ALL_AT_ONCE and release.steps.percent != 100:
        yield Contradiction("release.steps.percent", release.steps.percent, "100 for all_at_once")


def layer_on_s3(release: Release) -> Iterator[Contradiction]:
    if not release.artefact.startswith("s3://"):
        yield Contradiction("release.artefact", release.artefact, "`s3://…`", "Lambda reads layers from S3")


def not_confined_to_a_zone(availability: Availability) -> Iterator[Contradiction]:
    if availability.zones < 2:
        yield Contradiction(
            "availability.zones", availability.zones, "at least 2", "Lambda runs in several zones of a region, always"
        )


class Settings(StackSettings):
    """`Pulumi.<env>.yaml` of this stack: the common blocks, `function` for the model's code, `api` for the entrance."""

    cloud: ClassVar = Cloud.AWS
    # per warm copy; above 90 percent in use the next request already waits for a cold start
    metrics: ClassVar = {
        Metric.REQUESTS_PER_MINUTE: Span(1, limits.REQUESTS_PER_MINUTE),
        Metric.UTILIZATION: Span(10, 90),
    }
    strategies: ClassVar = frozenset({Strategy.ALL_AT_ONCE, Strategy.CANARY})
    # of the 250 MB for function and layers, unpacked, the runtime's layer takes 101
    largest_model_mb: ClassVar = 140
    checks: ClassVar = (
        reserved_leaves_the_account_its_rest,
        requests_fit_the_concurrency,
        gateway_within_quotas,
        certificate_in_region,
        warm_copies_fit,
        never_at_zero("provisioned concurrency has no zero"),
        function_ends_before_the_gateway,
        latency_alarm_can_ring,
        canary_keeps_a_live_version,
        steps_are_commits,
        layer_on_s3,
        not_confined_to_a_zone,
    )

    function: Function
    api: Api
    quotas: Quotas = Quotas()  # type: ignore[call-arg]
