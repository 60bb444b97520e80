"""Maps Pulumi's AWS types to CloudFormation types.

Most names are equal apart from case and the name of the service. The others are listed as `cfn` and `cloudformation` in
`aws/types/`. Nothing is guessed, because a wrong pair would check a resource by the rules of another type.
"""

from __future__ import annotations

from functools import cache

from rehearsal.provider_facts import registry, type_facts


@cache
def cfn_type(token: str) -> str | None:
    """Maps `aws:sagemaker/endpointConfiguration:EndpointConfiguration` to `AWS::SageMaker::EndpointConfig`.

    Returns None if CloudFormation has no such type, or if the two may not be the same.
    """
    package, _, rest = token.partition(":")
    if package != "aws":
        return None
    facts = type_facts.of(token)
    if facts.cfn or facts.unmapped:
        return facts.cfn
    module, _, name = rest.partition(":")
    services = type_facts.service_of(token).cloudformation
    for service in (module.partition("/")[0],) if services is None else services:
        cfn_type = _by_folded_name().get((service.lower(), name.lower()))
        if cfn_type:
            return cfn_type
    return None


@cache
def _by_folded_name() -> dict[tuple[str, str], str]:
    parts = ((name, name.split("::")) for name in registry.file_names())
    return {(words[1].lower(), words[2].lower()): name for name, words in parts if len(words) == 3}
