"""Taking known secrets out of what leaves the process, in the encodings in which they turn up."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from gitops.records import SECRET, RunRecord

CREDENTIALS = re.compile(r"TOKEN|SECRET|PASSWORD|PASSPHRASE|REVIEW_KEY|STORAGE_KEY|ACCESS_KEY$|SAS$|CONNECTION_?STRING")
"""Variables whose values are credentials, by name."""
IN_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://[^/?#\s:@]*:(?P<password>[^/?#\s@]+)@", re.IGNORECASE)
"""An address with a password, as a proxy's or a state backend's."""
ACCOUNT_KEY = re.compile(r"(?:AccountKey|SharedAccessSignature)=(?P<key>[^;]+)")
LONG_ENOUGH = 8


def credentials(environ: Mapping[str, str]) -> set[str]:
    """The values of this process's environment that nobody may read."""
    named = {value for name, value in environ.items() if CREDENTIALS.search(name)}
    texts, kinds = environ.values(), (IN_ADDRESS, ACCOUNT_KEY)
    within = {match[1] for text in texts for kind in kinds for match in kind.finditer(text)}
    return {value for value in named | within | set(map(unquote, within)) if len(value) >= LONG_ENOUGH}


def encodings(word: str) -> Iterator[str]:
    """The word itself, in JSON, in a URL, in hexadecimal, and in base64 wherever in the encoded text it begins."""
    raw = word.encode()
    yield from (word, json.dumps(word)[1:-1], quote(word, safe=""), quote(word), quote_plus(word), raw.hex())
    for before in range(3):
        whole = base64.b64encode(b"\0" * before + raw).decode()
        # the characters at either end also carry bits of what stands beside the word
        inner = whole[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]
        if len(inner) >= 6:
            yield from (inner, inner.translate(str.maketrans("+/", "-_")))


def take_out(value: Any, words: Iterable[str]) -> Any:
    """The value with `SECRET` in place of each word, in strings at any depth."""
    forms = sorted({form for word in words for form in encodings(word)}, key=len, reverse=True)
    return replace_in(value, re.compile("|".join(map(re.escape, forms)))) if forms else value


def replace_in(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(SECRET, value)
    if isinstance(value, dict):
        return {key: replace_in(item, pattern) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(replace_in(item, pattern) for item in value)
    return value


def take_out_of_record(record: RunRecord, words: Iterable[str]) -> RunRecord:
    """The record without the words in what programs, providers and policies wrote; resources keep their names."""
    words = set(words)
    if not words:
        return record
    whole = record.model_dump()
    for name in ("error", "findings", "exemptions", "unjudged", "diagnostics"):
        whole[name] = keep(whole[name], take_out(whole[name], words), ("urn", "rule", "source", "component"))
    for name in ("outputs", "outputs_before"):
        whole[name] = take_out(whole[name], words)
    for step in (*whole["steps"], *whole["providers"], *whole["drift"]):
        step["inputs"], step["diffs"] = take_out((step["inputs"], step["diffs"]), words)
    return RunRecord.model_validate(whole)


def keep(before: Any, after: Any, names: tuple[str, ...]) -> Any:
    """`after` with the fields `names` as they were: what the report links and groups by."""
    if isinstance(before, list | tuple):
        return [keep(old, new, names) for old, new in zip(before, after, strict=True)]
    return {**after, **{name: before[name] for name in names if name in before}} if isinstance(before, dict) else after
