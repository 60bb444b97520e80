"""Converts values between the engine's protocol and plain Python data.

The engine sends protobuf Structs in which secrets, assets, archives, resource references and outputs are objects with
a signature key, and an unknown value is a sentinel string. Here they are small frozen classes inside plain dicts and
lists, so that the rest of the rehearsal clouds never sees a signature. The signatures are part of the engine's protocol
(pulumi/sdk/go/common/resource/sig).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from google.protobuf import json_format
from google.protobuf.struct_pb2 import ListValue, Struct, Value

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_SIGNATURE = "1b47061264138c4ac30d75fd1eb44270"
ASSET_SIGNATURE = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE_SIGNATURE = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE_SIGNATURE = "5cf8f73096256a8f31e491e813e4eb8e"
OUTPUT_SIGNATURE = "d0e6a833031e9bbcd3f4e8bde6ca49a4"

# One sentinel per type of unknown value. Providers send the first; the engine may send any.
UNKNOWN_SENTINEL = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_SENTINELS = frozenset(
    {
        UNKNOWN_SENTINEL,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)


class Unknown:
    """The value of a property that is known only after the apply. `UNKNOWN` is its only instance."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN = Unknown()


@dataclass(frozen=True)
class Secret:
    value: Any


@dataclass(frozen=True)
class Asset:
    """A file as a value. Exactly one of text, path and uri is set, or none if only the hash is known."""

    text: str | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True)
class Archive:
    """A folder or archive file as a value. `assets` maps names to assets and archives."""

    assets: Mapping[str, Any] | None = None
    path: str | None = None
    uri: str | None = None
    hash: str = ""


@dataclass(frozen=True)
class ResourceReference:
    """A resource as a value. `id` is `UNKNOWN` before its creation and None for a component."""

    urn: str
    id: Any = None
    version: str = ""


@dataclass(frozen=True)
class Output:
    """A value with its dependencies. Only Construct and Call receive it, and `from_struct` returns it on request."""

    value: Any = UNKNOWN
    secret: bool = False
    dependencies: tuple[str, ...] = field(default=())


def from_struct(struct: Struct, *, outputs: bool = False) -> dict[str, Any]:
    """Returns the plain values of a Struct. Without `outputs`, an output becomes its value, `Secret` or `UNKNOWN`."""
    return {key: _from_value(value, outputs) for key, value in struct.fields.items()}


def to_struct(values: Mapping[str, Any]) -> Struct:
    """Returns the Struct of plain values. Raises TypeError for a value that has no wire form."""
    return Struct(fields={key: _to_value(value) for key, value in values.items()})


def to_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Returns plain JSON with signatures, which `from_json` reads."""
    return json_format.MessageToDict(to_struct(values))


def from_json(document: dict[str, Any]) -> dict[str, Any]:
    return from_struct(json_format.ParseDict(document, Struct()))


def unwrap(value: Any) -> Any:
    """Returns the value with every `Secret` replaced by its content, at any depth."""
    return unwrap(value.value) if isinstance(value, Secret) else map_inside(value, unwrap)


def map_inside(value: Any, function: Callable[[Any], Any]) -> Any:
    """Applies `function` to each item of an object or list; returns any other value unchanged."""
    if isinstance(value, Mapping):
        return {key: function(item) for key, item in value.items()}
    return [function(item) for item in value] if isinstance(value, list) else value


def contains(value: Any, kind: type) -> bool:
    """Whether a value of `kind` (`Unknown`, `Secret`, …) is somewhere inside `value`."""
    if isinstance(value, kind):
        return True
    if isinstance(value, Secret):
        return contains(value.value, kind)
    if isinstance(value, dict):
        return any(contains(item, kind) for item in value.values())
    return isinstance(value, list) and any(contains(item, kind) for item in value)


def is_known(value: Any) -> bool:
    return not contains(value, Unknown)


def _from_value(value: Value, outputs: bool) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _from_object(value.struct_value, outputs)
    if kind == "list_value":
        return [_from_value(item, outputs) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value in UNKNOWN_SENTINELS else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _from_object(struct: Struct, outputs: bool) -> Any:
    if SIGNATURE not in struct.fields:
        return from_struct(struct, outputs=outputs)
    signature = struct.fields[SIGNATURE].string_value
    fields = {key: _from_value(item, outputs) for key, item in struct.fields.items() if key != SIGNATURE}
    decode = _DECODERS.get(signature)
    if decode is None:
        raise TypeError(f"the engine sent an object with the unknown signature {signature!r}")
    if signature == OUTPUT_SIGNATURE and not outputs:
        value = fields.get("value", UNKNOWN)
        return Secret(value) if fields.get("secret") else value
    return decode(fields)


_DECODERS: dict[str, Callable[[dict[str, Any]], Any]] = {
    SECRET_SIGNATURE: lambda fields: Secret(fields.get("value")),
    ASSET_SIGNATURE: lambda fields: Asset(
        fields.get("text"), fields.get("path"), fields.get("uri"), fields.get("hash", "")
    ),
    ARCHIVE_SIGNATURE: lambda fields: Archive(
        fields.get("assets"), fields.get("path"), fields.get("uri"), fields.get("hash", "")
    ),
    RESOURCE_SIGNATURE: lambda fields: ResourceReference(
        fields["urn"], fields.get("id"), fields.get("packageVersion", "")
    ),
    OUTPUT_SIGNATURE: lambda fields: Output(
        fields.get("value", UNKNOWN), bool(fields.get("secret")), tuple(fields.get("dependencies", ()))
    ),
}


def _to_value(value: Any) -> Value:
    if value is None:
        return Value(null_value=0)  # pyright: ignore[reportArgumentType] (the stub wants the enum type)
    if isinstance(value, bool):
        return Value(bool_value=value)
    if isinstance(value, int | float):
        return Value(number_value=value)
    if isinstance(value, str):
        return Value(string_value=value)
    if isinstance(value, list | tuple):
        return Value(list_value=ListValue(values=[_to_value(item) for item in value]))
    if isinstance(value, Mapping):
        return Value(struct_value=to_struct(value))
    if isinstance(value, Unknown):
        return Value(string_value=UNKNOWN_SENTINEL)
    return Value(struct_value=_to_signed(value))


def _to_signed(value: Any) -> Struct:
    match value:
        case Secret(inner):
            fields: dict[str, Any] = {SIGNATURE: SECRET_SIGNATURE, "value": inner}
        case Asset(text, path, uri, digest):
            fields = {SIGNATURE: ASSET_SIGNATURE, "text": text, "path": path, "uri": uri, "hash": digest or None}
        case Archive(assets, path, uri, digest):
            fields = {SIGNATURE: ARCHIVE_SIGNATURE, "assets": assets, "path": path, "uri": uri, "hash": digest or None}
        case ResourceReference(urn, identity, version):
            fields = {SIGNATURE: RESOURCE_SIGNATURE, "urn": urn, "id": identity, "packageVersion": version}
        case Output(inner, secret, dependencies):
            fields = {SIGNATURE: OUTPUT_SIGNATURE, "dependencies": list(dependencies) or None}
            fields |= {"secret": True} if secret else {}
            fields |= {} if isinstance(inner, Unknown) else {"value": inner}
        case _:
            raise TypeError(f"{type(value).__name__} has no wire form: {value!r}")
    kept = {k: v for k, v in fields.items() if v is not None or (k == "value" and isinstance(value, Secret | Output))}
    return to_struct(kept)
