"""The secrets that pass through a run: a keyed hash of each that the program sets, and their words, to be taken out.

The engine blinds every secret in what it prints, so two changes of a secret look the same. A program runs in this
process and registers its resources with plain values, so here they can be told apart without being written down.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import config, settings

from gitops.engine.environment import KEY_VARIABLE, RUN_KEY_VARIABLE
from gitops.engine.steps import UNKNOWN_SENTINELS
from gitops.records import UNKNOWN

SIGNATURE, SECRET_SIGNATURE = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
"""How a secret is marked on the wire: pulumi/sdk/go/common/resource/sig."""
SHORTEST, SHORTEST_OF_MANY = 4, 12
"""Shorter words cannot be taken out: `no` is everywhere, and a region in an object that is secret as a whole."""


def choose_key(environ: Mapping[str, str], *, rehearsal: bool) -> bytes:
    """A rehearsal's secrets are placeholders, so its key is known; without one, a run of the tool has its own."""
    if rehearsal:
        return b"rehearsal"
    return (environ.get(KEY_VARIABLE) or environ[RUN_KEY_VARIABLE]).encode()


class SecretValues:
    """`hashes` by `URN path`, of what the program sets; `words` are the strings of every secret seen.

    `meant` are those that the configuration or the program calls a secret. A provider's SDK calls every value of some
    properties one (a KMS key's ARN in an object copy, the endpoint's name in an SSM parameter): these are `presumed`,
    and none where the same program registers the same word in the plain as well.
    """

    def __init__(self, key: bytes) -> None:
        self.key = key
        self.hashes: dict[str, str] = {}
        self.meant: set[str] = set()
        self.presumed: set[str] = set()
        self.plain: set[str] = set()

    @property
    def words(self) -> set[str]:
        return self.meant | (self.presumed - self.plain)

    def listen(self) -> None:
        """Looks into what this process registers from now on; call it inside the program's run."""
        settings_of_stack = config.CONFIG.get()
        for name in config._SECRET_KEYS.get():
            self.meant |= set(words_of(parse(settings_of_stack.get(name)), SHORTEST))
        monitor: Any = settings.get_monitor()
        register, register_outputs = monitor.RegisterResource, monitor.RegisterResourceOutputs

        def register_and_look(request: Any, *rest: Any, **options: Any) -> Any:
            response = register(request, *rest, **options)
            self.look(response.urn, request.object, presumed=request.additionalSecretOutputs)
            self.plain |= set(words_in_the_plain(json_format.MessageToDict(response.object)))
            return response

        def look_at_outputs(request: Any, *rest: Any, **options: Any) -> Any:
            self.look(request.urn, request.outputs)
            return register_outputs(request, *rest, **options)

        monitor.RegisterResource, monitor.RegisterResourceOutputs = register_and_look, look_at_outputs

    def look(self, urn: str, properties: struct_pb2.Struct, presumed: Iterable[str] = ()) -> None:
        """Takes in what a resource is registered with; `presumed` are the properties that its SDK calls secret."""
        values = json_format.MessageToDict(properties)
        self.plain |= set(words_in_the_plain(values))
        for path, value in find_secrets(values):
            text = json.dumps(value, sort_keys=True)
            known = not any(sentinel in text for sentinel in UNKNOWN_SENTINELS)
            self.hashes[f"{urn} {path}"] = self.hash(f"{urn} {path}\0{text}") if known else UNKNOWN
            if known:
                kind = self.presumed if re.split(r"[.\[]", path, maxsplit=1)[0] in presumed else self.meant
                kind |= set(words_of(value, SHORTEST if isinstance(value, str) else SHORTEST_OF_MANY))

    def hash(self, text: str) -> str:
        return hmac.new(self.key, text.encode(), hashlib.sha256).hexdigest()


def find_secrets(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Path and plain value of every secret in properties as they go over the wire, the outermost of nested ones."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET_SIGNATURE:
            yield path, value.get("value")
            return
        for key in sorted(value):
            yield from find_secrets(value[key], f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from find_secrets(item, f"{path}[{index}]")


def words_of(value: Any, shortest: int) -> Iterator[str]:
    """The strings in a secret that are long enough to be looked for."""
    if isinstance(value, dict):
        for item in value.values():
            yield from words_of(item, shortest)
    elif isinstance(value, list):
        for item in value:
            yield from words_of(item, shortest)
    elif isinstance(value, str) and len(value) >= shortest and value not in (SIGNATURE, SECRET_SIGNATURE):
        yield value


def words_in_the_plain(value: Any) -> Iterator[str]:
    """The strings in properties as they go over the wire that no secret is around."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict) and value.get(SIGNATURE) != SECRET_SIGNATURE:
        for item in value.values():
            yield from words_in_the_plain(item)
    elif isinstance(value, list):
        for item in value:
            yield from words_in_the_plain(item)


def parse(text: str | None) -> Any:
    """A config value as the program sees it: an object where it is JSON, else the text."""
    try:
        return json.loads(text or "")
    except ValueError:
        return text
