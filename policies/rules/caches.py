"""Caches: whose answer the next caller gets."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import security
from ..serving import INTEGRATION
from .api_gateway import SETTINGS, STAGE
from .azure_entry_points import ROUTE
from .cloudfront import DISTRIBUTION, GUIDE, list_behaviors, serves_models

CACHE, FORWARD = "aws:cloudfront/cachePolicy:CachePolicy", "aws:cloudfront/originRequestPolicy:OriginRequestPolicy"
# managed policies of CloudFront: those that keep answers of any caller for a day, and those that hand on every header
CACHING = {"658327ea-f89d-4fab-a63d-7e88639e58f6", "b2884449-e4de-46a7-ac36-70bc7f1ddd6d"}
FORWARDING = {"216adef6-5c7f-47e4-b989-5492eafa07d3", "b689b0a8-53d0-40ab-baf2-68738e2966ac"}
KEY = "parametersInCacheKeyAndForwardedToOrigin"
# who tells callers apart before the cache is asked
ASKING = ("trustedKeyGroups", "trustedSigners", "functionAssociations", "lambdaFunctionAssociations")
API_PATH = re.compile(r"(^|/)(api|v\d+|predict|score|infer|inference|invocations|chat|completions)(/|\*|$)")


@security.high(
    DISTRIBUTION,
    reference=f"{GUIDE}/http-401-unauthorized.html",
    fix="Use the cache policy CachingDisabled for the API, or put Authorization and the cookies into the cache key.",
)
def cloudfront_caches_no_callers_answer(distribution: Resource, stack: Stack) -> Iterator[str]:
    """A distribution does not give one caller's answer to the next.

    The origin gets the caller's token and answers to him alone. If the token is not a part of the cache key, the answer
    is kept for everybody who asks for the same path, with or without a token. Judged in front of an API, for GET, and
    where nothing at the edge asks who it is.
    """
    if not serves_models(distribution, stack):
        return
    for behavior in list_behaviors(distribution):
        pattern = behavior.text("pathPattern")
        answers = pattern is None or "POST" in behavior.texts("allowedMethods") or API_PATH.search(pattern)
        signed = {origin.text("originId") for origin in distribution.children("origins") if _is_signed(origin)}
        guarded = any(behavior.count(path) for path in ASKING) or behavior.text("targetOriginId") in signed
        if answers and not guarded and _forwards_tokens(behavior, distribution, stack):
            kept = _keeps(behavior, distribution, stack)
            if kept:
                where = f"path {pattern}" if pattern else "the default behavior"
                yield f"{where} caches for {kept} and forwards Authorization outside of the cache key, wanted no cache"


def _is_signed(origin: Properties) -> bool:
    """Whether CloudFront writes a signature of its own into the Authorization header."""
    return origin.has("originAccessControlId")


def _forwards_tokens(behavior: Properties, distribution: Resource, stack: Stack) -> bool:
    """Whether the origin gets the Authorization header by an origin request policy."""
    if _names(behavior, "originRequestPolicyId") in FORWARDING:
        return True
    for policy in _policies(behavior, "originRequestPolicyId", distribution, FORWARD, stack):
        kind = policy.text("headersConfig.headerBehavior")
        headers = {header.casefold() for header in policy.texts("headersConfig.headers.items")}
        if kind == "allViewer" or (
            kind in ("whitelist", "allExcept") and (kind == "whitelist") == ("authorization" in headers)
        ):
            return True
    return False


def _keeps(behavior: Properties, distribution: Resource, stack: Stack) -> str:
    """How long answers are kept without the Authorization header in the key; nothing where they are not."""
    if _names(behavior, "cachePolicyId") in CACHING:
        return "a day"
    for policy in _policies(behavior, "cachePolicyId", distribution, CACHE, stack):
        headers = {header.casefold() for header in policy.texts(f"{KEY}.headersConfig.headers.items")}
        default = policy.number("defaultTtl")
        longest = max(policy.number("minTtl") or 0, 86_400 if default is None else default)
        if longest and "authorization" not in headers and policy.number("maxTtl") != 0:
            return f"{longest:g} s"
    return ""


def _names(behavior: Properties, path: str) -> str | None:
    return behavior.text(path) if behavior.known(path) else None


def _policies(behavior: Properties, path: str, distribution: Resource, type_: str, stack: Stack) -> list[Resource]:
    """The policy of the program that a behavior names, by its id, or as the only one that the distribution has."""
    name = _names(behavior, path)
    linked = [policy for policy in stack.of(type_) if _is_linked(distribution, policy)]
    named = [policy for policy in stack.of(type_) if name and policy.text_if_known("id") == name]
    return named or (linked if len(linked) == 1 and behavior.has(path) and name is None else [])


def _is_linked(distribution: Resource, policy: Resource) -> bool:
    sources = (distribution.list_sources(path) for path in ("defaultCacheBehavior", "orderedCacheBehaviors"))
    return any(policy.urn in urns for urns in sources)


@security.high(
    SETTINGS,
    reference="https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-caching.html",
    fix="Set caching_enabled to false for methods with a body, or make a header with its hash a cache key.",
)
def api_method_caches_no_predictions(settings: Resource, stack: Stack) -> Iterator[str]:
    """The answer to a POST is not cached.

    A cache key consists of headers, query strings and the path, never of the body. A prediction that is cached is the
    answer to every request of the next five minutes, whatever is in it and whoever sends it. API Gateway caches GET
    alone unless a method's own settings say otherwise. (Left out are APIs with cache key parameters.)
    """
    path = settings.text("methodPath") or ""
    stages = stack.follow(settings, "stageName", STAGE)
    keyed = any(integration.count("cacheKeyParameters") for integration in stack.of(INTEGRATION))
    caches = settings.flag("settings.cachingEnabled") and settings.number("settings.cacheTtlInSeconds") != 0
    if path.endswith(("/POST", "/PUT")) and caches and not keyed and any(s.flag("cacheClusterEnabled") for s in stages):
        yield f'methodPath is "{path}" with cachingEnabled, wanted no cache for a method with a body'


@security.medium(
    ROUTE,
    reference="https://learn.microsoft.com/en-us/azure/frontdoor/front-door-caching",
    fix="Remove cache_configuration from the route of the API, and keep it on a route of its own for files.",
)
def azure_front_door_caches_no_api(route: Resource) -> Iterator[str]:
    """Front Door does not cache what an API answers.

    The cache key is the address. What is kept for one caller is given to the others; Microsoft asks for routes of their
    own, without a cache, for what needs authentication. It is advice, because an API may answer everybody alike. (Left
    out are routes with a rule set, which may switch the cache off.)
    """
    patterns = [pattern for pattern in route.texts("patternsToMatch") if API_PATH.search(pattern)]
    if patterns and route.has("cacheConfiguration") and not route.count("ruleSets"):
        yield f"cacheConfiguration is set for {', '.join(patterns)}, wanted none on the route of an API"
