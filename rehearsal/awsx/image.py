"""awsx:ecr images: Image is built and pushed with docker-build, RegistryImage is pushed from the local Docker."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from rehearsal.awsx.arguments import short_hash
from rehearsal.awsx.containers import to_json
from rehearsal.awsx.context import ComponentContext
from rehearsal.awsx.output_values import apply, field, lift, merge
from rehearsal.values import UNKNOWN, Output, Secret, is_known


def construct_image(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Creates the image only when all its arguments, including its name, are known."""
    given = lift(arguments)
    if not is_known(given.value):
        return {"imageUri": Output(UNKNOWN, given.secret, given.dependencies)}
    bare = given.value
    reference = f"{bare['repositoryUrl']}:{image_name(bare, context.call.stack)}"
    image = context.register(
        "docker-build:index:Image",
        image_name(bare, context.call.stack),
        {
            "tags": [reference],
            "buildArgs": bare.get("args"),
            "cacheFrom": [{"registry": {"ref": ref}} for ref in bare.get("cacheFrom") or [reference]],
            "cacheTo": [{"inline": {}}],
            "context": {"location": bare.get("context", ".")},
            "dockerfile": {"location": bare.get("dockerfile")},
            "platforms": [bare["platform"]] if bare.get("platform") else [],
            "target": bare.get("target"),
            "push": True,
            "registries": [credentials(context, bare["repositoryUrl"], bare.get("registryId"))],
        },
    )
    uri = apply(lambda ref, digest: _uri(bare["repositoryUrl"], reference, ref, digest), image["ref"], image["digest"])
    return {"imageUri": uri}


def construct_registry_image(context: ComponentContext, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    url = arguments["repositoryUrl"]
    access = apply(lambda bare: [credentials(context, bare)], url)
    # The engine expects the configuration of a provider as JSON text.
    provider = context.register("pulumi:providers:docker", name, {"registryAuth": apply(to_json, access)})
    source = context.invoke(
        "docker:index/getRemoteImage:getRemoteImage", {"name": arguments["sourceImage"]}, provider.provider
    )
    target = apply(lambda repository, tag: f"{repository}:{tag or 'latest'}", url, arguments.get("tag"))
    tag = context.register(
        "docker:index/tag:Tag",
        name,
        {"sourceImage": field(source, "id"), "targetImage": target},
        provider=provider.provider,
    )
    triggers = merge(arguments.get("triggers"), {"@pulumi/awsx/internal/sourceImage": field(source, "id")})
    image = context.register(
        "docker:index/registryImage:RegistryImage",
        name,
        {**arguments, "name": tag["targetImage"], "triggers": triggers},
        provider=provider.provider,
    )
    return {"image": image}


def image_name(arguments: dict[str, Any], stack: str) -> str:
    """Returns the image's tag: the given one, else one derived from the build's arguments."""
    given = arguments.get("imageName") or arguments.get("imageTag")
    if given:
        return given
    signature = arguments.get("context", ".")
    if arguments.get("dockerfile"):
        signature += f";dockerfile={arguments['dockerfile']}"
    for key, value in sorted((arguments.get("args") or {}).items()):
        signature += f";arg[{key}]={value}"
    return f"{short_hash(signature + stack)}-container"


def credentials(context: ComponentContext, repository_url: str, registry_id: str | None = None) -> dict[str, Any]:
    """Returns {address, username, password} of the registry. By default, its id is the account in the host name."""
    host = urlsplit(repository_url if repository_url.startswith("https://") else f"https://{repository_url}").hostname
    if not registry_id and not host:
        raise ValueError(f"repositoryUrl: found {repository_url!r}, expected ACCOUNT.dkr.ecr.REGION.amazonaws.com/NAME")
    arguments = {"registryId": registry_id or (host or "").split(".")[0]}
    token = context.invoke("aws:ecr/getAuthorizationToken:getAuthorizationToken", arguments)
    return {
        "address": field(token, "proxyEndpoint"),
        "username": field(token, "userName"),
        "password": apply(Secret, field(token, "password")),
    }


def _uri(repository_url: str, reference: str, ref: str | None, digest: str | None) -> str:
    """The image's URI without the tag, as Lambda functions require it."""
    if digest:
        return f"{repository_url}@{digest}"
    if not ref:
        return reference
    name, at, pinned = ref.partition("@")
    return f"{name.rpartition(':')[0]}{at}{pinned}" if at and ":" in name else ref
