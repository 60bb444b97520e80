"""A Microsoft Entra for tests: a proxy that answers for login.microsoftonline.com, and gives tokens that Azurite takes.

Azurite compares issuer, audience and times of a token (`--oauth basic`) and no signature, so none is made.
"""

from __future__ import annotations

import base64
import json
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any
from urllib.parse import parse_qs

HOST, TENANT = "login.microsoftonline.com", "11111111-2222-3333-4444-555555555555"


@dataclass(frozen=True)
class Certificate:
    """Of every server of a test, and its own authority: give `file` as SSL_CERT_FILE."""

    file: Path
    key: Path

    @classmethod
    def make(cls, folder: Path) -> Certificate:
        made = cls(folder / "certificate.pem", folder / "key.pem")
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
        names = ["-addext", f"subjectAltName=IP:127.0.0.1,DNS:{HOST}"]
        files = ["-keyout", str(made.key), "-out", str(made.file)]
        subprocess.run([*command, *names, *files], check=True, capture_output=True)
        return made


@dataclass
class Entra:
    """`proxy` is to be HTTPS_PROXY; `asked` are the forms of the requests for a token."""

    proxy: str
    asked: list[dict[str, str]] = field(default_factory=list)


def make_token() -> str:
    """An access token for storage, of an hour."""
    now = int(time.time())
    claims = {"aud": "https://storage.azure.com", "iss": f"https://sts.windows.net/{TENANT}/"}
    parts = {"alg": "none", "typ": "JWT"}, claims | {"iat": now, "nbf": now - 5, "exp": now + 3600}
    return ".".join([*(encode(json.dumps(part)) for part in parts), encode("no signature")])


def encode(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@contextmanager
def serving(certificate: Certificate) -> Iterator[Entra]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.file, certificate.key)
    state = Entra("")

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            authority = f"https://{HOST}/{TENANT}"
            places = {"authorization_endpoint": "authorize", "token_endpoint": "token"}
            named = {name: f"{authority}/oauth2/v2.0/{place}" for name, place in places.items()}
            self.answer({"issuer": f"{authority}/v2.0", "tenant_discovery_endpoint": "", "metadata": [], **named})

        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["content-length"])).decode())
            state.asked.append({name: values[0] for name, values in form.items()})
            self.answer({"token_type": "Bearer", "expires_in": 3600, "access_token": make_token()})

        def answer(self, document: dict[str, Any]) -> None:
            body = json.dumps(document).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    class Connect(StreamRequestHandler):
        def handle(self) -> None:
            asked = self.rfile.readline().split()
            while self.rfile.readline().strip():
                pass
            if asked[:2] != [b"CONNECT", f"{HOST}:443".encode()]:
                self.wfile.write(b"HTTP/1.1 502 Bad Gateway\r\n\r\n")
                return
            self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            with context.wrap_socket(self.request, server_side=True) as secured:
                Answers(secured, self.client_address, self.server)

    server = ThreadingTCPServer(("127.0.0.1", 0), Connect)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
    state.proxy = "http://{}:{}".format(*server.server_address[:2])
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
