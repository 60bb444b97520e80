"""A region's alarms besides those of its endpoint, and the one alarm that says whether the region serves."""

from __future__ import annotations

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws
from front import Front
from router import RouterFunction

from shared.aws.alarms import Alarm, Panel, Series, metric_alarm
from shared.aws.component import Component
from shared.aws.sagemaker.endpoint import SageMakerEndpoint
from shared.aws.sagemaker.metrics import panels as endpoint_panels
from shared.aws.sagemaker.metrics import series
from shared.aws.site import Site
from shared.ownership import Alarms

BALANCER, FUNCTION = "AWS/ApplicationELB", "AWS/Lambda"


class RegionWatch(Component):
    """`failing_name` is the alarm that takes the region out of the name's answers."""

    failing_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        *,
        site: Site,
        base_name: str,
        errors_per_minute: int,
        endpoint: SageMakerEndpoint,
        front: Front,
        router: RouterFunction,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(name, opts)
        # Route 53 accepts neither shares nor percentiles nor "3 of 5":
        # https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
        failing = Alarm(
            "failing",
            "Failed predictions a minute, three minutes long: the region is taken out",
            series(endpoint.name, "Invocation5XXErrors"),
            errors_per_minute,
            minutes=3,
            bad_minutes=3,
        )
        watched = [failing, *alarms(front, router, site.limits)]
        raised = [metric_alarm(a, resource=name, prefix=base_name, site=site, opts=self.child()) for a in watched]
        self.failing_name = raised[0].name
        aws.cloudwatch.CompositeAlarm(
            f"{name}-region",
            alarm_name=f"{base_name}-region",
            alarm_description=f"{site.region} does not keep its promise to callers",
            alarm_rule=any_of([alarm.name for alarm in (*raised, *endpoint.alarms)]),
            alarm_actions=[site.topic_arn],
            ok_actions=[site.topic_arn],
            region=site.region,
            opts=self.child(),
        )
        self.register_outputs({})


def any_of(names: Sequence[pulumi.Output[str]]) -> pulumi.Output[str]:
    """The rule of a composite alarm that is raised when any of the alarms is."""
    return pulumi.Output.all(*names).apply(lambda known: " OR ".join(f'ALARM("{name}")' for name in known))


def of_balancer(front: Front, metric: str, stat: str = "Sum") -> Series:
    return Series(BALANCER, metric, {"LoadBalancer": front.balancer.arn_suffix}, stat)


def of_router(router: RouterFunction, metric: str) -> Series:
    return Series(FUNCTION, metric, {"FunctionName": router.live.function_name})


def alarms(front: Front, router: RouterFunction, limits: Alarms) -> list[Alarm]:
    # of its own: a router that crashed or answered too late; what a router answers itself is the target's
    unanswered = of_balancer(front, "HTTPCode_ELB_5XX_Count"), of_balancer(front, "RequestCount")
    failed = of_balancer(front, "HTTPCode_Target_5XX_Count"), of_balancer(front, "RequestCount")
    answered = of_balancer(front, "TargetResponseTime", "p99")
    crashed = of_router(router, "Errors"), of_router(router, "Invocations")
    return [
        Alarm("unanswered", "Percent of requests that no router answered", unanswered, limits.error_percent),
        Alarm("answered-5xx", "Percent of requests the router answered with 5xx", failed, limits.error_percent),
        Alarm("answer-time", "p99 of the answer time, seconds", answered, limits.latency_ms / 1000),
        Alarm("router-errors", "Percent of calls in which the router failed", crashed, limits.error_percent),
        Alarm("router-throttles", "Calls above the router's concurrency", of_router(router, "Throttles"), 0),
    ]


def panels(endpoint: SageMakerEndpoint, front: Front, router: RouterFunction, site: Site) -> list[Panel]:
    """The golden signals of one region: at the load balancer, in the router, at the endpoint."""
    codes = [
        of_balancer(front, f"HTTPCode_{code}_Count") for code in ("Target_2XX", "Target_4XX", "Target_5XX", "ELB_5XX")
    ]
    times = [of_balancer(front, "TargetResponseTime", stat) for stat in ("p50", "p99")]
    routed = [of_router(router, metric) for metric in ("Invocations", "Errors", "Throttles")]
    return [
        Panel(f"Answers by code · {site.region}", codes, site.region),
        Panel(f"Answer time, seconds · {site.region}", times, site.region, site.limits.latency_ms / 1000),
        Panel(f"Router · {site.region}", routed, site.region),
        *endpoint_panels(endpoint.name, site.region, site.limits),
    ]
