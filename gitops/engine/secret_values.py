"""The secrets that pass through a run: a keyed hash of each that the program sets, and their words, to be taken out.

The engine blinds every secret in what it prints, so two changes of a secret look the same. A program runs in this
process and registers its resources with plain values, so here they can be told apart without being written down.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from google.protobuf import json_format, struct_pb2
from pulumi.runtime import config, settings

from gitops.engine.environment import KEY_VARIABLE, RUN_KEY_VARIABLE
from gitops.engine.secret_words import SHORTEST, SHORTEST_OF_MANY, find_secrets, parse, words_in_the_plain, words_of
from gitops.engine.steps import UNKNOWN_SENTINELS
from gitops.records import UNKNOWN


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
