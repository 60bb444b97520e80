"""API Management: policy documents, and the resources that they refer to."""

from __future__ import annotations

import json
import re
from xml.parsers import expat

from rehearsal.judge.program import Program, Resource
from rehearsal.judge.refusal import Found, rule

NAMED_VALUE = "azure-native:apimanagement:NamedValue"
POLICIES = tuple(
    f"azure-native:apimanagement:{name}" for name in ("Policy", "ApiPolicy", "ApiOperationPolicy", "ProductPolicy")
)
OPERATION = "azure-native:apimanagement:ApiOperation"
_INVALID = "ValidationError: One or more fields contain incorrect values: Error in element"
_USERS = tuple(
    f"azure-native:apimanagement:{name}"
    for name in ("Backend", "Policy", "ApiPolicy", "ApiOperationPolicy", "ProductPolicy", "PolicyFragment", "Logger")
)


@rule(*_USERS, source="https://github.com/Azure/apiops/issues/491")
def named_values_come_first(it: Resource, program: Program) -> Found:
    used = set(re.findall(r"\{\{([\w.-]+)\}\}", json.dumps(it.inputs, default=str)))
    for value in program.of(NAMED_VALUE):
        name = value.text("displayName")
        if name in used and value.new and not program.waits_for(it, value):
            path = "credentials" if it.get("credentials") is not None else "value"
            message = f"ValidationError: Property '{name}' not found"
            yield path, f"{message} yet: depend on {value.name!r}"


@rule(*POLICIES, source="https://github.com/MicrosoftDocs/azure-docs/issues/111058")
def policies_have_one_root(it: Resource) -> Found:
    root = re.match(r"(?:\s|\ufeff|<\?.*?\?>|<!--.*?-->)*<([\w-]+)", it.text("value"), re.DOTALL)
    if root and root[1] != "policies" and it.get("format", "xml") in ("xml", "rawxml"):
        message = f"{_INVALID} {root[1]!r}: Policy section is not allowed in the specified scope"
        yield "value", f"{message}, the root is <policies>"


@rule(*POLICIES, source="https://github.com/Azure/azure-powershell/issues/12836")
def policies_are_xml(it: Resource) -> Found:
    """The format `xml` requires escaped quotation marks and angle brackets in expressions; `rawxml` does not."""
    if it.text("value") and it.get("format", "xml") == "xml":
        try:
            expat.ParserCreate().Parse(it.text("value").strip(), True)
        except expat.ExpatError as error:
            message = (
                "ValidationError: a start tag does not match the end tag, or the value is no XML for other reasons"
            )
            yield "value", f"{message} ({error}): escape expressions, or use the format rawxml"


@rule("azure-native:apimanagement:ApiOperationPolicy", source="https://github.com/Azure/azure-powershell/issues/9171")
def rewritten_addresses(it: Resource, program: Program) -> Found:
    operation = program.refer(it, "operationId", OPERATION)
    template = operation.text("urlTemplate") if operation else ""
    if operation is None or not template:
        return
    known = set(re.findall(r"\{\*?([\w-]+)\}", template))
    known |= {parameter.text("name") for _, parameter in operation.blocks("request.queryParameters")}
    for address in re.findall(r"<rewrite-uri\s[^>]*?template=\"([^\"@]*)\"", it.text("value")):
        for name in re.findall(r"(?<!\{)\{([\w-]+)\}(?!\})", address):
            if name not in known:
                message = "Only parameters specified in the original URL template can be used in the rewrite template"
                yield "value", f"{_INVALID} 'rewrite-uri': {message}, found {name!r}"
