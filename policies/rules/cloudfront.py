"""CloudFront: what stands between callers and the entry point of a region."""

from __future__ import annotations

from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource, Stack
from ..rule import availability
from ..serving import ALIAS, FUNCTION, FUNCTION_URL, PERMISSION
from .load_balancer import BALANCER

DISTRIBUTION = "aws:cloudfront/distribution:Distribution"
API, ROUTE = "aws:apigatewayv2/api:Api", "aws:apigatewayv2/route:Route"
APIS = ("aws:apigateway/restApi:RestApi", "aws:apigateway/stage:Stage", API)
GUIDE = "https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide"
SERVICE = "cloudfront.amazonaws.com"
LONGEST = 60  # seconds: a function's limit is often its worst case, and CloudFront's own wait is limited as well
BOTH = ("lambda:InvokeFunctionUrl", "lambda:InvokeFunction")


def serves_models(distribution: Resource, stack: Stack) -> bool:
    """Whether an entry point of the program is behind the distribution, and no bucket of files alone."""
    return bool(stack.follow(distribution, "origins", BALANCER, FUNCTION_URL, *APIS))


def list_behaviors(distribution: Resource) -> list[Properties]:
    return [distribution.child("defaultCacheBehavior"), *distribution.children("orderedCacheBehaviors")]


@availability.high(
    DISTRIBUTION,
    reference=f"{GUIDE}/http-403-invalid-method.html",
    fix="Set allowed_methods of a cache behavior to all seven methods.",
)
def cloudfront_allows_post(distribution: Resource, stack: Stack) -> Iterator[str]:
    """A distribution in front of a model lets POST through.

    Inference is asked for with POST. A behavior that was written for files allows GET and HEAD, and answers each
    request with 403 before the origin sees it. WebSockets are asked for with GET.
    """
    allowed = {method for behavior in list_behaviors(distribution) for method in behavior.texts("allowedMethods")}
    if (
        allowed
        and "POST" not in allowed
        and serves_models(distribution, stack)
        and not _asked_with_get(distribution, stack)
    ):
        yield f"allowedMethods of every cache behavior is {', '.join(sorted(allowed))}, wanted POST as well"


def _asked_with_get(distribution: Resource, stack: Stack) -> bool:
    """Whether an API behind the distribution is of WebSockets, or each of its routes in the program is for GET."""
    apis = stack.follow(distribution, "origins", API)
    keys = [route.text("routeKey") or "" for api in apis for route in stack.referring(api, ROUTE, "apiId")]
    sockets = any(api.text("protocolType") == "WEBSOCKET" for api in apis)
    return sockets or (bool(keys) and all(key.startswith("GET ") for key in keys))


@availability.medium(
    DISTRIBUTION,
    reference=f"{GUIDE}/custom-error-pages-expiration.html",
    fix="Set error_caching_min_ttl of the custom error response to 10 or less.",
)
def cloudfront_caches_errors_briefly(distribution: Resource, *, seconds: int = 60) -> Iterator[str]:
    """A distribution does not cache errors for long.

    CloudFront keeps an origin's error for ten seconds unless it is told otherwise. Kept for an hour, one 503 during a
    deployment is an hour of errors for everybody near that edge location.
    """
    for response in distribution.children("customErrorResponses"):
        kept = response.number("errorCachingMinTtl") or 0
        if (response.number("errorCode") or 0) >= 500 and kept > seconds:
            yield f"errorCachingMinTtl of {response.show('errorCode')} is {kept:g} s, wanted {seconds} s or less"


@availability.medium(
    DISTRIBUTION,
    reference=f"{GUIDE}/DownloadDistValuesOrigin.html#DownloadDistValuesOriginResponseTimeout",
    fix="Set origin_read_timeout to the time that the slowest answer takes, 30 by default and 60 or more if need be.",
)
def cloudfront_origin_timeout_covers_an_inference(
    distribution: Resource, stack: Stack, *, seconds: int = 20
) -> Iterator[str]:
    """A distribution waits as long as its origin may take.

    It answers 504 when its own time is over, while the function or the model goes on computing for nobody. What an
    answer in a stream takes as a whole does not count: the time begins anew with each packet.
    """
    urls = [u for u in stack.follow(distribution, "origins", FUNCTION_URL) if u.text("invokeMode") != "RESPONSE_STREAM"]
    aliases = [alias for url in urls for alias in stack.follow(url, "functionName", ALIAS)]
    named = [*urls, *aliases]
    limits = [
        min(f.number("timeout") or 0, LONGEST)
        for association in named
        for f in stack.follow(association, "functionName", FUNCTION)
    ]
    wanted = max([seconds, *limits])
    given = [origin.number("customOriginConfig.originReadTimeout") for origin in distribution.children("origins")]
    waits = [wait for wait in given if wait is not None]
    # which origin is the model's is not known at the preview: one that waits long enough may be it
    if waits and max(waits) < wanted and serves_models(distribution, stack):
        yield f"originReadTimeout is {max(waits):g} s, wanted {wanted:g} s or more"


@availability.critical(
    DISTRIBUTION,
    reference=f"{GUIDE}/private-content-restricting-access-to-lambda.html",
    fix="Give the origin an origin access control, and CloudFront lambda:InvokeFunctionUrl and lambda:InvokeFunction.",
)
def cloudfront_may_call_its_function_url(distribution: Resource, stack: Stack) -> Iterator[str]:
    """A distribution signs for a function URL that asks for it, and may call the function.

    Function URLs made since October 2025 want both permissions (docs.aws.amazon.com/lambda/latest/dg/urls-auth.html).
    With one of them, or without an origin access control, callers get 403 and the function logs nothing. A function at
    the edge may sign as well.
    """
    edges = [
        association
        for behavior in list_behaviors(distribution)
        for association in behavior.children("lambdaFunctionAssociations")
    ]
    for url in stack.follow(distribution, "origins", FUNCTION_URL) if not edges else ():
        signed = any(origin.has("originAccessControlId") for origin in distribution.children("origins"))
        if url.text("authorizationType") == "AWS_IAM" and not signed:
            yield f'{url} has authorizationType "AWS_IAM" and no origin has originAccessControlId, wanted one'
        functions = stack.follow(url, "functionName", ALIAS, FUNCTION)
        near = [*functions, *(f for alias in functions for f in stack.follow(alias, "functionName", FUNCTION))]
        given = [permission for f in near for permission in stack.referring(f, PERMISSION, "function")]
        actions = {permission.text("action") for permission in given if permission.text("principal") == SERVICE}
        if missing := [action for action in BOTH if actions and action not in actions]:
            yield f"no permission gives CloudFront {', '.join(missing)}, wanted both {' and '.join(BOTH)}"
