"""Which CloudFormation type an AWS resource of Pulumi's is.

Most names agree once case is ignored and the module is called as CloudFormation calls the service; the others are `cfn`
and `cloudformation` in `aws/types/`. A wrong pairing would check by another resource's rules, so nothing is guessed.
"""

from __future__ import annotations

from functools import cache

from rehearsal.provider_facts import registry, type_facts


@cache
def cfn_type(token: str) -> str | None:
    """`aws:sagemaker/endpointConfiguration:EndpointConfiguration` → `AWS::SageMaker::EndpointConfig`.

    None where CloudFormation has no such type, or where it is not known to be the same thing.
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
