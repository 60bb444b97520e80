"""The locks of a target in an Azure Blob container (`azblob://`), by the service's own three requests.

The address means what it means to the engine (https://gocloud.dev/howto/blob/#azure): `azblob://CONTAINER?storage_account=…`,
logged in with AZURE_STORAGE_KEY where there is one, else with the token of the `az` command.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

from gitops.azure import send, take_token
from gitops.checkout.targets import Target
from gitops.errors import UserError
from gitops.state_locks.lock import FOLDER, Lock

API = "2021-12-02"
NAME = re.compile(r"<Name>([^<]+\.json)</Name>")
MARKER = re.compile(r"<NextMarker>([^<]+)</NextMarker>")
AUDIENCE = "https://storage.azure.com/"


class BlobLocks:
    """Of one target; `environ` has the account and how to log in."""

    def __init__(self, address: str, target: Target, environ: Mapping[str, str]) -> None:
        split = urlsplit(address)
        options = {name: values[0] for name, values in parse_qs(split.query).items()}
        self.account = options.get("storage_account") or environ.get("AZURE_STORAGE_ACCOUNT", "")
        if not self.account:
            raise UserError("no storage account", where=address.split("?")[0], hint="Give it as ?storage_account=NAME.")
        protocol = options.get("protocol", "https")
        domain = options.get("domain") or environ.get("AZURE_STORAGE_DOMAIN") or "blob.core.windows.net"
        service = f"{domain}/{self.account}" if options.get("localemu") == "true" else f"{self.account}.{domain}"
        self.container = f"{protocol}://{service}/{split.netloc}"
        base = split.path.strip("/")
        self.prefix = f"{f'{base}/' if base else ''}{FOLDER}/{target.stack}/{target.environment}/"
        self.key = environ.get("AZURE_STORAGE_KEY", "")

    def read(self) -> Iterator[Lock]:
        for name in self.list_names():
            yield Lock.parse(name.rsplit("/", 1)[-1].removesuffix(".json"), self.request("GET", name))

    def list_names(self) -> Iterator[str]:
        """The locks' blobs; a page that names the next one is not the last:
        https://learn.microsoft.com/en-us/rest/api/storageservices/enumerating-blob-resources"""
        query = {"restype": "container", "comp": "list", "prefix": self.prefix}
        while True:
            page = self.request("GET", "", query).decode()
            yield from map(unescape, NAME.findall(page))
            if not (following := MARKER.search(page)):
                return
            query = {**query, "marker": unescape(following[1])}

    def remove(self, lock: Lock) -> None:
        self.request("DELETE", f"{self.prefix}{lock.id}.json")

    def request(self, method: str, blob: str, query: Mapping[str, str] | None = None) -> bytes:
        """The answer's body; `blob` is empty for the container itself. Raises `UserError` for a refusal."""
        address = f"{self.container}/{quote(blob)}".rstrip("/")
        headers = {"x-ms-date": format_datetime(datetime.now(UTC), usegmt=True), "x-ms-version": API}
        token = "" if self.key else f"Bearer {take_token(AUDIENCE)}"
        sign = token or sign_request(method, address, query or {}, headers, self.account, self.key)
        # `fields` of a PUT or DELETE would be a form: the query is part of the address
        asked = "&".join(f"{name}={quote(value, safe='')}" for name, value in (query or {}).items())
        return send(
            method,
            f"{address}?{asked}" if asked else address,
            {**headers, "Authorization": sign, "Content-Length": "0"},
            "Storage Blob Data Contributor on the container, a reading one Storage Blob Data Reader",
        )


def sign_request(
    method: str, address: str, query: Mapping[str, str], headers: Mapping[str, str], account: str, key: str
) -> str:
    """The header Authorization of a request without a body:
    https://learn.microsoft.com/en-us/rest/api/storageservices/authorize-with-shared-key"""
    named = [f"{name}:{headers[name]}" for name in sorted(headers)]
    resource = [f"/{account}{urlsplit(address).path}", *(f"{name}:{query[name]}" for name in sorted(query))]
    text = "\n".join([method, *[""] * 11, *named, *resource])
    digest = hmac.new(base64.b64decode(key), text.encode(), hashlib.sha256).digest()
    return f"SharedKey {account}:{base64.b64encode(digest).decode()}"
