"""Secrets in environments that many people may read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..properties import Properties
from ..resources import Resource
from ..rule import security

MODEL = "aws:sagemaker/model:Model"
FUNCTION = "aws:lambda/function:Function"
PARAMETER = "aws:ssm/parameter:Parameter"
DEPLOYMENT = "azure-native:machinelearningservices:OnlineDeployment"
CONTAINERS = ("azure-native:app:ContainerApp", "azure-native:app:Job")
# how secrets are called at the end of a name; MAX_TOKENS, TOKENIZERS_PARALLELISM and DB_SECRET_ARN are none
SECRET_NAME = re.compile(
    r"(secret|(?<![a-z])token|passw(or)?d|passphrase|(api|access|secret|private|auth)[_-]?key([_-]?id)?)$",
    re.IGNORECASE,
)


# what a tokenizer calls its own tokens
TOKEN_OF_TEXT = re.compile(r"(^|_)(eos|bos|pad|unk|sep|cls|mask|stop|end|start|special)_token$", re.IGNORECASE)


def holds_secret(name: str, where: Properties, path: str) -> bool:
    """Whether a variable is named like a secret and its value at `path` is neither empty nor a reference."""
    if not SECRET_NAME.search(name) or TOKEN_OF_TEXT.search(name):
        return False
    return not where.known(path) or not (where.text(path) or "/").startswith(("arn:", "/"))


@security.high(
    MODEL,
    FUNCTION,
    DEPLOYMENT,
    *CONTAINERS,
    reference="https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_identities_secrets.html",
    fix="Keep the value in Secrets Manager or Key Vault, and give the environment its name only.",
)
def environment_holds_no_secret(resource: Resource) -> Iterator[str]:
    """A model's, function's or deployment's environment contains no secret.

    Everybody who may describe the resource can read its environment, which is kept with every version. A token that
    downloads weights usually opens everything else that its owner may use.
    """
    for container in resource.children("template.containers"):
        for variable in container.children("env"):
            if holds_secret(name := variable.text("name") or "", variable, "value"):
                yield f'the environment holds "{name}", wanted secret_ref with the name of a secret'
    for environment in _environments(resource):
        for name in sorted(environment.keys()):
            if holds_secret(name, environment, name):
                yield f'the environment holds "{name}", wanted the name of a secret that is kept elsewhere'


def _environments(resource: Resource) -> list[Properties]:
    if resource.type == FUNCTION:
        return [resource.child("environment.variables")]
    if resource.type == DEPLOYMENT:
        return [resource.child("properties.environmentVariables")]
    containers = resource.children("primaryContainer") + resource.children("containers")
    return [container.child("environment") for container in containers]


@security.high(
    PARAMETER,
    reference="https://docs.aws.amazon.com/systems-manager/latest/userguide/sysman-paramstore-securestring.html",
    fix='Set type to "SecureString", or keep the value in Secrets Manager.',
)
def parameter_that_holds_a_secret_is_encrypted(parameter: Resource) -> Iterator[str]:
    """A parameter that is named like a secret is a SecureString.

    A String is stored in the clear: whoever may list the parameters of the account reads it, without a key that says
    who may. The value stays in the parameter's history after it is changed.
    """
    name = (parameter.text_if_known("name") or "").rpartition("/")[2]
    if parameter.text("type") in ("String", "StringList") and holds_secret(name, parameter, "value"):
        yield f'type is {parameter.show("type")} and the name ends in "{name}", wanted "SecureString"'
