"""Load balancers and their listeners: application, network and gateway."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import availability, lifecycle, observability, security
from ..serving import GROUP, HTTP_INTEGRATION, SERVICE
from .auto_scaling_groups import FLEET

BALANCER = "aws:lb/loadBalancer:LoadBalancer"
LISTENER = "aws:lb/listener:Listener"
LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
SAME_PORT, SAME_PROTOCOL = "#{port}", "#{protocol}"
DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
VPC_ORIGIN = "aws:cloudfront/vpcOrigin:VpcOrigin"
FIREWALL = "aws:wafv2/webAclAssociation:WebAclAssociation"
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
MODERN = re.compile(r"ELBSecurityPolicy-(TLS13-1-[23]-|TLS-1-2-|FS-1-2-)")
HUB = "https://docs.aws.amazon.com/securityhub/latest/userguide/elb-controls.html"
# what registers targets with a group, and the subnets that they lie in
TARGETS = ((FLEET, "targetGroupArns", "vpcZoneIdentifiers"), (SERVICE, "loadBalancers", "networkConfiguration.subnets"))


@availability.high(
    BALANCER,
    reference=f"{HUB}#elb-13",
    fix="Give the load balancer subnets in 2 zones or more.",
    config_key="availability.zones",
)
def load_balancer_spans_zones(balancer: Resource, stack: Stack, *, zones: int = 2) -> Iterator[str]:
    """A load balancer has nodes in at least two zones.

    If its nodes are in one zone, the load balancer fails with that zone, however many zones the instances behind it
    use.
    """
    path = _find_subnets(balancer)
    if (count := stack.zones(balancer, path)) < zones:
        yield f"{path} reaches {count} zones, wanted {zones} or more"


@availability.medium(
    BALANCER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-cross-zone.html",
    fix="Set enable_cross_zone_load_balancing, or let the targets lie in every zone of the load balancer.",
)
def load_balancer_zones_have_targets(balancer: Resource, stack: Stack) -> Iterator[str]:
    """Each zone of a network load balancer has targets, or cross-zone balancing is on.

    Without cross-zone balancing, a node sends requests only to targets in its own zone. Callers that use the address of
    a zone without targets, for example through PrivateLink, get no answer.
    """
    if balancer.text("loadBalancerType") != "network" or balancer.flag("enableCrossZoneLoadBalancing"):
        return
    zones = stack.zones(balancer, _find_subnets(balancer))
    for listener in stack.referring(balancer, LISTENER, "loadBalancerArn"):
        for group in stack.follow(listener, "defaultActions", GROUP):
            registering = [
                (resource, s) for type_, path, s in TARGETS for resource in stack.referring(group, type_, path)
            ]
            for source, subnets in registering if group.text("loadBalancingCrossZoneEnabled") != "true" else ():
                if 0 < (reached := stack.zones(source, subnets)) < zones:
                    yield f"{source} has targets in {reached} of {zones} zones, wanted all, or cross-zone balancing"


def _find_subnets(balancer: Resource) -> str:
    """The property that names the balancer's subnets."""
    mapped = balancer.known("subnetMappings") and balancer.count("subnetMappings")
    return "subnetMappings" if mapped else "subnets"


@lifecycle.high(
    BALANCER,
    reference=f"{HUB}#elb-6",
    fix="Set enable_deletion_protection.",
    config_key="entrance.deletion_protection",
    remedy={"enableDeletionProtection": True},
)
def load_balancer_is_protected_from_deletion(balancer: Resource) -> Iterator[str]:
    """A load balancer is protected against deletion.

    Callers use its address. A deleted load balancer comes back under another name, after every DNS cache has
    expired.
    """
    if not balancer.flag("enableDeletionProtection"):
        yield f"enableDeletionProtection is {balancer.show('enableDeletionProtection')}, wanted true"


@security.medium(
    BALANCER,
    reference=f"{HUB}#elb-4",
    fix="Set drop_invalid_header_fields.",
    remedy={"dropInvalidHeaderFields": True},
)
def load_balancer_drops_invalid_headers(balancer: Resource) -> Iterator[str]:
    """A load balancer drops malformed headers.

    Request smuggling uses headers that the load balancer and the server behind it read differently.
    """
    if balancer.text("loadBalancerType") not in ("network", "gateway") and not balancer.flag("dropInvalidHeaderFields"):
        yield f"dropInvalidHeaderFields is {balancer.show('dropInvalidHeaderFields')}, wanted true"


@security.medium(
    BALANCER,
    reference=f"{HUB}#elb-12",
    fix='Set desync_mitigation_mode to "defensive" or "strictest", or leave it out.',
)
def load_balancer_mitigates_desync(balancer: Resource) -> Iterator[str]:
    """A load balancer handles ambiguous requests defensively.

    In monitor mode it passes on requests that two servers may parse differently.
    """
    if balancer.text("desyncMitigationMode") == "monitor":
        yield 'desyncMitigationMode is "monitor", wanted "defensive" or "strictest"'


@observability.medium(
    BALANCER,
    reference=f"{HUB}#elb-5",
    fix="Give the load balancer access_logs with a bucket and enabled.",
)
def load_balancer_logs_access(balancer: Resource) -> Iterator[str]:
    """An application load balancer logs every request.

    Metrics say that requests failed. Only the access log says which, from whom and after how long. (Network
    balancers are left out, because they log only requests to TLS listeners, and gateway balancers, because they log
    none.)
    """
    silent = balancer.text("loadBalancerType") in ("network", "gateway")
    if not silent and not balancer.flag("accessLogs.enabled"):
        yield f"accessLogs.enabled is {balancer.show('accessLogs.enabled')}, wanted true"


@security.critical(
    LISTENER,
    reference=f"{HUB}#elb-1",
    fix="Serve HTTPS with a certificate, and let port 80 redirect to it.",
)
def load_balancer_listener_is_encrypted(listener: Resource, stack: Stack) -> Iterator[str]:
    """A listener uses TLS, or redirects callers to one that does.

    Over an HTTP listener, prompts, features, answers and the caller's key cross the network unencrypted. (Left out
    are private listeners behind an API's VPC link or a CloudFront VPC origin, which use TLS themselves, and gateway
    balancers, which pass packets on and have no protocol.)
    """
    actions = listener.children("defaultActions")
    redirected = bool(actions) and all(a.text("redirect.protocol") == "HTTPS" for a in actions)
    if listener.text("protocol") not in (None, "", "HTTP") or redirected:
        return
    balancers = stack.follow(listener, "loadBalancerArn", BALANCER)
    if any(balancer.text("loadBalancerType") == "gateway" for balancer in balancers):
        return
    fronts = [
        origin for balancer in balancers for origin in stack.referring(balancer, VPC_ORIGIN, "vpcOriginEndpointConfig")
    ]
    linked = stack.referring(listener, HTTP_INTEGRATION, "integrationUri") or fronts
    if linked and balancers and all(balancer.flag("internal") for balancer in balancers):
        return
    found = listener.show("protocol") if listener.has("protocol") else '"HTTP", the default,'
    yield f'protocol is {found} without a redirect to HTTPS, wanted "HTTPS"'


@availability.high(
    LISTENER,
    LISTENER_RULE,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-listeners.html",
    fix="Redirect to the port of the HTTPS listener: without a port in the redirect it stays the caller's.",
)
def load_balancer_redirect_leads_to_a_listener(listener: Resource, stack: Stack) -> Iterator[str]:
    """A redirect leads to a port at which the load balancer listens, by the protocol that it names.

    A part that a redirect does not name stays as it was: from port 80 to HTTPS alone leads to HTTPS at port 80. Callers
    who follow get no answer. Judged behind public load balancers of the program, for redirects to the same host.
    """
    path = "defaultActions" if listener.type == LISTENER else "actions"
    owners = [listener] if listener.type == LISTENER else stack.follow(listener, "listenerArn", LISTENER)
    for owner in owners:
        balancers = stack.follow(owner, "loadBalancerArn", BALANCER)
        public = [balancer for balancer in balancers if not balancer.flag("internal")]
        beside = [each for balancer in public for each in stack.referring(balancer, LISTENER, "loadBalancerArn")]
        open_at = {(each.number("port"), each.text("protocol") or "HTTP") for each in beside}
        for action in listener.children(path) if open_at else ():
            port = action.text("redirect.port") or SAME_PORT
            scheme = action.text("redirect.protocol") or SAME_PROTOCOL
            end = (
                owner.number("port") if port == SAME_PORT else float(port) if port.isdecimal() else None,
                owner.text("protocol") or "HTTP" if scheme == SAME_PROTOCOL else scheme,
            )
            here = action.text("redirect.host") in (None, "", "#{host}")
            if action.has("redirect") and here and end[0] is not None and end not in open_at:
                yield f"redirect leads to {end[1]} at port {end[0]:g}, wanted a port and protocol of a listener"


@security.high(
    LISTENER,
    reference=f"{HUB}#elb-17",
    fix="Set ssl_policy to ELBSecurityPolicy-TLS13-1-2-Res-2021-06 or newer.",
)
def load_balancer_listener_has_a_modern_tls_policy(listener: Resource) -> Iterator[str]:
    """A TLS listener has a policy that refuses TLS versions before 1.2.

    The API's default is from 2016 and still accepts TLS 1.0 and 1.1, whose ciphers are broken.
    """
    policy = listener.text("sslPolicy") or ""
    if listener.text("protocol") in ("HTTPS", "TLS") and not MODERN.match(policy):
        yield f"sslPolicy is {listener.show('sslPolicy')}, wanted a policy of the TLS13-1-2 or TLS13-1-3 family"


@security.high(
    BALANCER,
    reference=f"{HUB}#elb-16",
    fix="Associate a web ACL with the load balancer.",
)
def load_balancer_has_a_web_acl(balancer: Resource, stack: Stack) -> Iterator[str]:
    """A public load balancer is protected by a web ACL.

    Inference is expensive. Without a rate rule, one client, or a bug in one, takes all the capacity. The web ACL
    may also belong to a CloudFront distribution in front.
    """
    fronts = stack.referring(balancer, DISTRIBUTION, "origins")
    if stack.referring(balancer, FIREWALL, "resourceArn") or any(front.has("webAclId") for front in fronts):
        return
    if balancer.text("loadBalancerType") not in ("network", "gateway") and not balancer.flag("internal"):
        yield "no web ACL association refers to this load balancer, wanted one"


@availability.medium(
    BALANCER,
    reference="https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html",
    fix="Set idle_timeout above the slowest answer (60 seconds is the default), or leave it out.",
)
def load_balancer_idle_timeout_covers_an_inference(balancer: Resource, *, seconds: int = 30) -> Iterator[str]:
    """A load balancer waits as long as an inference may take.

    While a model computes, nothing travels on the connection. After the idle timeout the load balancer answers 504,
    and the model continues to compute for nobody.
    """
    idle = balancer.number("idleTimeout")
    if balancer.text("loadBalancerType") not in ("network", "gateway") and idle is not None and idle < seconds:
        yield f"idleTimeout is {idle:g} s, wanted {seconds} s or more"
