"""The random package: values in the right format that are the same in every rehearsal of the same input."""

from __future__ import annotations

import base64
import string
import uuid
from typing import Any

from rehearsal.cloud import PlannedResource
from rehearsal.helpers.digits import Stream
from rehearsal.helpers.helper import Helper

SPECIAL = "!@#$%&*()-_=+[]{}<>:?"
_BCRYPT = "./" + string.ascii_uppercase + string.ascii_lowercase + string.digits
_ADVERBS = ("amazingly", "boldly", "calmly", "duly", "evenly", "fairly", "gently", "highly", "kindly", "mostly")
_ADJECTIVES = ("able", "brave", "clever", "eager", "fair", "glad", "keen", "mighty", "quick", "steady", "warm", "wise")
_ANIMALS = ("badger", "crane", "dolphin", "finch", "gecko", "heron", "ibex", "lynx", "otter", "puffin", "raven", "wren")


def identifier(planned: PlannedResource) -> dict[str, Any]:
    raw = Stream(planned.seed).take(planned.inputs["byteLength"])
    prefix = planned.inputs.get("prefix") or ""
    url = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    return {
        "id": url,
        "b64Url": prefix + url,
        "b64Std": prefix + base64.b64encode(raw).decode(),
        "dec": prefix + str(int.from_bytes(raw, "big")),
        "hex": prefix + raw.hex(),
    }


def text(planned: PlannedResource) -> dict[str, Any]:
    """Returns `length` characters in random order, with at least the requested number of each class."""
    stream, inputs = Stream(planned.seed), planned.inputs
    classes = {
        "lower": string.ascii_lowercase,
        "upper": string.ascii_uppercase,
        "numeric": string.digits,
        "special": inputs.get("overrideSpecial") or SPECIAL,
    }
    numeric = inputs.get("numeric", inputs.get("number", True))
    used = {name: letters for name, letters in classes.items() if {**inputs, "numeric": numeric}.get(name, True)}
    least = [
        stream.choose(letters)
        for name, letters in used.items()
        for _ in range(inputs.get(f"min{name.capitalize()}") or 0)
    ]
    every = "".join(used.values())
    rest = [stream.choose(every) for _ in range(inputs["length"] - len(least))]
    return {"result": "".join(stream.shuffle([*least, *rest]))}


def plain_text(planned: PlannedResource) -> dict[str, Any]:
    made = text(planned)
    return {"id": made["result"], **made}


def password(planned: PlannedResource) -> dict[str, Any]:
    stream = Stream(f"{planned.seed} bcrypt")
    return {**text(planned), "bcryptHash": "$2a$10$" + "".join(stream.choose(_BCRYPT) for _ in range(53))}


def pet(planned: PlannedResource) -> dict[str, Any]:
    """Returns a name of `length` words, of which the last is an animal. The name is also the id."""
    stream, inputs = Stream(planned.seed), planned.inputs
    length = inputs.get("length") or 2
    words = [stream.choose(_ADVERBS) for _ in range(length - 2)] + [stream.choose(_ADJECTIVES)] * (length > 1)
    prefix = [inputs["prefix"]] if inputs.get("prefix") else []
    separator = inputs.get("separator", "-")
    return {
        "id": separator.join([*prefix, *words, stream.choose(_ANIMALS)]),
        "length": length,
        "separator": separator,
    }


def integer(planned: PlannedResource) -> dict[str, Any]:
    low, high = planned.inputs["min"], planned.inputs["max"]
    result = low + Stream(planned.inputs.get("seed") or planned.seed).below(high - low + 1)
    return {"id": str(result), "result": result}


def shuffle(planned: PlannedResource) -> dict[str, Any]:
    mixed = Stream(planned.inputs.get("seed") or planned.seed).shuffle(planned.inputs["inputs"])
    count = planned.inputs.get("resultCount") or len(mixed)
    return {"results": [mixed[place % len(mixed)] for place in range(count)] if mixed else []}


def some_bytes(planned: PlannedResource) -> dict[str, Any]:
    raw = Stream(planned.seed).take(planned.inputs["length"])
    return {"base64": base64.b64encode(raw).decode(), "hex": raw.hex()}


def universal(version: int) -> Any:
    def make(planned: PlannedResource) -> dict[str, Any]:
        raw = bytearray(Stream(planned.seed).take(16))
        # The version and variant bits of RFC 9562.
        raw[6], raw[8] = (raw[6] & 0x0F) | version << 4, (raw[8] & 0x3F) | 0x80
        made = str(uuid.UUID(bytes=bytes(raw)))
        return {"id": made, "result": made}

    return make


RANDOM = Helper(
    {
        "RandomBytes": some_bytes,
        "RandomId": identifier,
        "RandomInteger": integer,
        "RandomPassword": password,
        "RandomPet": pet,
        "RandomShuffle": shuffle,
        "RandomString": plain_text,
        "RandomUuid": universal(4),
        "RandomUuid4": universal(4),
        "RandomUuid7": universal(7),
    }
)
