"""Answers requests to the endpoints of the rehearsal clouds at one local address, by the request's host.

An Azure ML endpoint answers for the slot that a request names in its header, whatever the slot's share of the traffic:
https://learn.microsoft.com/azure/machine-learning/how-to-safely-rollout-online-endpoints#test-the-new-deployment
Other requests are refused, because a rehearsal runs no model and splits no traffic.

The server also acts as a Vault that decrypts any data key, for stacks with `secretsprovider: hashivault://…`
(https://developer.hashicorp.com/vault/api-docs/secret/transit#decrypt-data).
"""

from __future__ import annotations

import base64
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from urllib.parse import urlsplit

from rehearsal.inventory import Inventory
from rehearsal.loopback import ThreadingServer
from rehearsal.values import unwrap

ENDPOINT = "azure-native:machinelearningservices:OnlineEndpoint"
SLOT = "azure-native:machinelearningservices:OnlineDeployment"
HEADER = "azureml-model-deployment"
FAULT = "azure-slot-fails"
DECRYPT = "/v1/transit/decrypt/"
DATA_KEY = b"of secrets that nobody has to keep"[:32]


@dataclass(frozen=True)
class Response:
    status: int
    body: str
    headers: dict[str, str] = field(default_factory=dict)


def respond(inventory: Inventory, host: str, slot: str, fault: str = "") -> Response:
    """Returns the response of the endpoint at `host` for `slot`."""
    names = [
        entry.outputs["name"]
        for entry in inventory.of_type(ENDPOINT)
        if urlsplit(unwrap(entry.outputs)["properties"]["scoringUri"]).netloc == host
    ]
    if not names:
        return Response(404, f"no endpoint of these clouds is called {host}")
    held = [unwrap(entry.inputs) for entry in inventory.of_type(SLOT)]
    if not any((endpoint["endpointName"], endpoint["deploymentName"]) == (names[0], slot) for endpoint in held):
        return Response(404, f"{names[0]} has no deployment {slot!r}; name one in the header {HEADER}")
    if fault == FAULT:
        # https://learn.microsoft.com/azure/machine-learning/how-to-troubleshoot-online-endpoints#http-status-codes
        return Response(424, "the model failed", {"ms-azureml-model-error-statuscode": "500"})
    return Response(200, "{}", {HEADER: slot})


def decrypt() -> Response:
    """Returns the data key with which an engine encrypts a stack's secrets."""
    return Response(200, json.dumps({"data": {"plaintext": base64.b64encode(DATA_KEY).decode()}}))


def start(inventory: Inventory, fault: str) -> str:
    """Serves until this process ends; returns `host:port`."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.answer(respond(inventory, self.headers.get("Host", ""), self.headers.get(HEADER, ""), fault))

        def do_PUT(self) -> None:
            self.answer(decrypt() if self.path.startswith(DECRYPT) else Response(404, "nothing is kept here"))

        def answer(self, response: Response) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            body = response.body.encode()
            self.send_response(response.status)
            for name, value in {**response.headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Logs nothing, because standard output belongs to the process that started the clouds."""

    server = ThreadingServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"127.0.0.1:{server.server_port}"
