"""Application load balancers: listeners, target groups and the firewall in front."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import rule

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
GROUP = "aws:lb/targetGroup:TargetGroup"
ATTACHED = {
    "aws:lb/targetGroupAttachment:TargetGroupAttachment": "targetGroupArn",
    "aws:ecs/service:Service": "loadBalancers",
    "aws:autoscaling/group:Group": "targetGroupArns",
    "aws:autoscaling/attachment:Attachment": "lbTargetGroupArn",
    "aws:autoscaling/trafficSourceAttachment:TrafficSourceAttachment": "trafficSource",
}
FIREWALL = "aws:wafv2/webAclAssociation:WebAclAssociation"
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"
GUIDE = "https://docs.aws.amazon.com/elasticloadbalancing/latest/application"


@rule(
    BALANCER,
    category="availability",
    severity="high",
    reference=f"{HUB}#elb-13",
    fix="Set availability.zones to 2 or more.",
    config_key="availability.zones",
)
def load_balancer_spans_zones(balancer: Resource, stack: Stack) -> Iterator[str]:
    """A load balancer has nodes in at least two zones.

    With one zone at the front it does not matter how many zones the instances behind it use.
    """
    path = "subnetMappings" if balancer.known("subnetMappings") and balancer.count("subnetMappings") else "subnets"
    if (count := stack.zones(balancer, path)) < 2:
        yield f"{path} reaches {count} zones, wanted 2 or more"


@rule(
    BALANCER,
    category="lifecycle",
    severity="high",
    reference=f"{HUB}#elb-6",
    fix="Set enable_deletion_protection.",
    config_key="entrance.deletion_protection",
)
def load_balancer_is_protected_from_deletion(balancer: Resource) -> Iterator[str]:
    """A load balancer cannot be deleted by accident.

    Its address is what callers hold. A deleted one comes back under another name, after every DNS cache has expired.
    """
    if not balancer.flag("enableDeletionProtection"):
        yield f"enableDeletionProtection is {balancer.show('enableDeletionProtection')}, wanted true"


@rule(
    BALANCER,
    category="security",
    severity="medium",
    reference=f"{HUB}#elb-4",
    fix="Set drop_invalid_header_fields.",
)
def load_balancer_drops_invalid_headers(balancer: Resource) -> Iterator[str]:
    """Requests with malformed headers are dropped at the edge.

    Request smuggling lives on headers that the load balancer and the server behind it read differently.
    """
    if balancer.text("loadBalancerType") not in ("network", "gateway") and not balancer.flag("dropInvalidHeaderFields"):
        yield f"dropInvalidHeaderFields is {balancer.show('dropInvalidHeaderFields')}, wanted true"


@rule(
    BALANCER,
    category="security",
    severity="medium",
    reference=f"{HUB}#elb-12",
    fix='Set desync_mitigation_mode to "defensive" or "strictest", or leave it out.',
)
def load_balancer_mitigates_desync(balancer: Resource) -> Iterator[str]:
    """The load balancer handles ambiguous requests defensively.

    In monitor mode a request that two servers parse differently is passed on as it came.
    """
    if balancer.text("desyncMitigationMode") == "monitor":
        yield 'desyncMitigationMode is "monitor", wanted "defensive" or "strictest"'


@rule(
    BALANCER,
    category="observability",
    severity="medium",
    reference=f"{HUB}#elb-5",
    fix="Give the load balancer access_logs with a bucket and enabled.",
)
def load_balancer_logs_access(balancer: Resource) -> Iterator[str]:
    """A load balancer logs every request.

    Metrics say that requests failed. Only the access log says which, from whom and after how long.
    """
    if not balancer.flag("accessLogs.enabled"):
        yield f"accessLogs.enabled is {balancer.show('accessLogs.enabled')}, wanted true"


@rule(
    LISTENER,
    category="security",
    severity="critical",
    reference=f"{HUB}#elb-1",
    fix="Serve HTTPS with a certificate, and let port 80 redirect to it.",
)
def load_balancer_listener_is_encrypted(listener: Resource) -> Iterator[str]:
    """A listener speaks TLS, or sends callers to one that does.

    Prompts, features and answers cross the network as they are on an HTTP listener, with whatever key the caller sends.
    """
    actions = listener.children("defaultActions")
    redirected = bool(actions) and all(a.text("redirect.protocol") == "HTTPS" for a in actions)
    if listener.text("protocol") in (None, "", "HTTP") and not redirected:
        found = listener.show("protocol") if listener.has("protocol") else '"HTTP", the default,'
        yield f'protocol is {found} without a redirect to HTTPS, wanted "HTTPS"'


@rule(
    LISTENER,
    category="security",
    severity="high",
    reference=f"{HUB}#elb-17",
    fix="Set ssl_policy to ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or newer.",
)
def load_balancer_listener_has_a_modern_tls_policy(listener: Resource) -> Iterator[str]:
    """A TLS listener names a policy that ends old versions.

    The default is from 2016 and still accepts TLS 1.0 and 1.1, whose ciphers are broken.
    """
    policy = listener.text("sslPolicy") or ""
    modern = "TLS13" in policy and "TLS13-1-0" not in policy and "TLS13-1-1" not in policy
    if listener.text("protocol") in ("HTTPS", "TLS") and not modern:
        yield f"sslPolicy is {listener.show('sslPolicy')}, wanted a policy of the TLS13-1-2 or TLS13-1-3 family"


@rule(
    GROUP,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/target-group-health-checks.html",
    fix="Give the target group a health check with the path that tests the model.",
)
def load_balancer_target_group_checks_the_model(group: Resource) -> Iterator[str]:
    """A target group asks the model how it is.

    The default path is "/", which many servers answer before the model is loaded; for Lambda targets it is off.
    """
    if group.text("protocol") not in (None, "", "HTTP", "HTTPS"):
        return
    switched_off = group.text("targetType") == "lambda" and not group.flag("healthCheck.enabled")
    if switched_off or group.flag("healthCheck.enabled") is False:
        yield f"healthCheck.enabled is {group.show('healthCheck.enabled')}, wanted true"
    elif group.text("healthCheck.path") in (None, "", "/"):
        yield f"healthCheck.path is {group.show('healthCheck.path')}, wanted the path that tests the model"


@rule(
    GROUP,
    category="availability",
    severity="medium",
    reference=f"{GUIDE}/edit-target-group-attributes.html",
    fix="Set deregistration_delay to the longest request, between 30 and 300 seconds.",
    config_key="service.drain_seconds",
)
def load_balancer_target_group_drains(group: Resource) -> Iterator[str]:
    """A target finishes its requests before it goes, and goes in reasonable time.

    Below 30 seconds running inferences are cut off at every scale-in; above 300 a deployment waits for nobody.
    """
    if group.text("targetType") == "lambda" or not group.has("deregistrationDelay"):
        return
    delay = group.number("deregistrationDelay")
    if delay is not None and not 30 <= delay <= 300:
        yield f"deregistrationDelay is {delay:g}, wanted 30 to 300"


@rule(
    GROUP,
    category="availability",
    severity="high",
    reference=f"{GUIDE}/load-balancer-target-groups.html",
    fix="Attach a service or function to the target group, or remove it.",
)
def load_balancer_target_group_has_targets(group: Resource, stack: Stack) -> Iterator[str]:
    """No target group is empty.

    DNS failover counts a group without targets as unhealthy and moves everyone away from a region that works.
    """
    if not any(stack.referring(group, type_, path) for type_, path in ATTACHED.items()):
        yield "no service or attachment refers to this target group, wanted one"


@rule(
    BALANCER,
    category="security",
    severity="high",
    reference=f"{HUB}#elb-16",
    fix="Associate a web ACL with the load balancer.",
)
def load_balancer_has_a_firewall(balancer: Resource, stack: Stack) -> Iterator[str]:
    """A public load balancer stands behind a web ACL.

    An inference route is expensive to call. Without a rate rule one client, or one bug in it, takes all the capacity.
    """
    if stack.referring(balancer, FIREWALL, "resourceArn"):
        return
    if balancer.text("loadBalancerType") not in ("network", "gateway") and not balancer.flag("internal"):
        yield "no web ACL association refers to this load balancer, wanted one"
