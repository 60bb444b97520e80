"""Ports of administrators, at which software runs what it is sent: nobody outside reaches them."""

from __future__ import annotations

from collections.abc import Iterator

from ..resources import Resource, Stack
from ..rule import security
from ..security_groups import GROUP, GROUP_RULE, INGRESS
from ..serving import GROUP as TARGETS
from .azure_container_apps import APP, ENVIRONMENT
from .load_balancer import BALANCER, LISTENER
from .network import HUB, is_world, ports_of

LISTENER_RULE = "aws:lb/listenerRule:ListenerRule"
# https://docs.ray.io/en/latest/ray-security/index.html (8265: dashboard and jobs), https://redis.io/docs/latest/operate/
# oss_and_stack/management/security/, https://docs.docker.com/engine/security/protect-access/, Security Hub's EC2.19
# (OpenSearch and its dashboards), https://microsoft.github.io/Threat-Matrix-for-Kubernetes/techniques/Access%20Kubelet%20API/
PORTS = {
    2375: "Docker's daemon",
    5601: "OpenSearch Dashboards",
    6379: "Redis",
    8265: "Ray's dashboard and job API",
    9200: "OpenSearch",
    9300: "OpenSearch",
    10250: "the kubelet",
    10255: "the kubelet",
}
ASKS = ("authenticate-oidc", "authenticate-cognito", "jwt-validation")
AUTH = "azure-native:app:ContainerAppsAuthConfig"


@security.critical(
    LISTENER,
    LISTENER_RULE,
    reference=f"{HUB}#ec2-19",
    fix="Make the balancer internal, let a known network in alone, or authenticate callers before the request goes on.",
)
def load_balancer_opens_no_admin_port(listener: Resource, stack: Stack) -> Iterator[str]:
    """A public load balancer does not lead to a port at which software is managed.

    Ray runs whatever job it is sent, Docker and the kubelet start containers, Redis and OpenSearch give away and delete
    what they hold, all without asking who it is unless that was set up. Scanners look for these ports behind balancers
    as well. (Left out are balancers that let in known networks alone, and listeners that authenticate callers.)
    """
    path = "defaultActions" if listener.type == LISTENER else "actions"
    first = [listener] if listener.type == LISTENER else stack.follow(listener, "listenerArn", LISTENER)
    asks = any(action.text("type") in ASKS for action in listener.children(path))
    verifies = any(each.text("mutualAuthentication.mode") == "verify" for each in first)
    if asks or verifies or not any(_is_public(each, stack) for each in first):
        return
    for group in stack.follow(listener, path, TARGETS):
        for port in sorted(ports_of(group, stack) & PORTS.keys()):
            yield f"port {port:g} of {group} is {PORTS[int(port)]}, wanted no way to it from the internet"


def _is_public(listener: Resource, stack: Stack) -> bool:
    """Whether the internet reaches a listener, as far as the program tells."""
    port = listener.number("port")
    for balancer in stack.follow(listener, "loadBalancerArn", BALANCER):
        if balancer.flag("internal"):
            continue
        groups = stack.follow(balancer, "securityGroups", GROUP)
        if any(_lets_the_world_in(group, port, stack) for group in groups) or not balancer.has("securityGroups"):
            return True
    return False


def _lets_the_world_in(group: Resource, port: float | None, stack: Stack) -> bool:
    beside = [rule for rule in stack.referring(group, GROUP_RULE, "securityGroupId") if rule.text("type") == "ingress"]
    for ingress in (*group.children("ingress"), *beside, *stack.referring(group, INGRESS, "securityGroupId")):
        plain = {ingress.text("cidrIpv4") or "", ingress.text("cidrIpv6") or ""}
        sources = plain | set(ingress.texts("cidrBlocks") + ingress.texts("ipv6CidrBlocks"))
        low, high = ingress.number("fromPort"), ingress.number("toPort")
        every = "-1" in (ingress.text("protocol"), ingress.text("ipProtocol"))
        inside = every or None in (low, port, high) or (low or 0) <= (port or 0) <= (high or 0)
        if inside and any(is_world(source) for source in sources):
            return True
    return False


@security.critical(
    APP,
    reference="https://learn.microsoft.com/en-us/azure/container-apps/ingress-overview",
    fix="Set configuration.ingress.external to false, or add ip_security_restrictions or an authentication config.",
)
def azure_container_app_opens_no_admin_port(app: Resource, stack: Stack) -> Iterator[str]:
    """An app of the internet does not lead to a port at which software is managed.

    The same as for a load balancer: whoever reaches Ray's dashboard runs code on the cluster. (Left out are apps with
    an authentication config, client certificates or restricted addresses, and environments within a network.)
    """
    ingress = app.child("configuration.ingress")
    port = ingress.number("targetPort") or 0
    paths = ("managedEnvironmentId", "environmentId")
    inside = any(
        environment.flag("vnetConfiguration.internal")
        for path in paths
        for environment in stack.follow(app, path, ENVIRONMENT)
    )
    guarded = ingress.count("ipSecurityRestrictions") or ingress.text("clientCertificateMode") == "require"
    asks = stack.referring(app, AUTH, "containerAppName")
    if ingress.flag("external") and port in PORTS and not inside and not guarded and not asks:
        yield f"configuration.ingress.targetPort is {port:g}, {PORTS[int(port)]}, wanted no way to it from the internet"
