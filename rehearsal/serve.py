"""`python -m rehearsal.serve --clouds DIR`: every stand-in provider on its own local port, for engines to use.

Prints one JSON line when all are ready and ends when its standard input closes, so that no server outlives its parent.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer, add_ResourceProviderServicer_to_server

from rehearsal.aws.account import DEFAULT_REGION
from rehearsal.aws.cloud import Aws
from rehearsal.awsx.servicer import AwsxProvider
from rehearsal.azure.cloud import Azure
from rehearsal.cloud import Cloud
from rehearsal.helpers.docker import DOCKER, DOCKER_BUILD
from rehearsal.helpers.random import RANDOM
from rehearsal.helpers.tls import TLS
from rehearsal.inventory import Inventory
from rehearsal.provider.judge import load
from rehearsal.provider.protocol import BaseProvider
from rehearsal.provider.resources import CloudProvider
from rehearsal.sdk.package import Sdk

# The engine asks for as many resources at once as the program allows; several engines run at the same time.
_THREADS = 16
_LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


def providers(directory: Path, region: str) -> dict[str, BaseProvider]:
    """A servicer per package: the one place where a package is registered."""
    inventory, judge = Inventory(directory), load()
    clouds: dict[str, Cloud] = {
        "aws": Aws(judge, region),
        "azure-native": Azure(judge),
        "docker": DOCKER,
        "docker-build": DOCKER_BUILD,
        "random": RANDOM,
        "tls": TLS,
    }
    served = {package: CloudProvider(Sdk(package), cloud, inventory) for package, cloud in clouds.items()}
    return {**served, "awsx": AwsxProvider()}


def start(servicers: Mapping[str, ResourceProviderServicer]) -> tuple[list[grpc.Server], str]:
    """Starts one server per package and returns them with the value for PULUMI_DEBUG_PROVIDERS."""
    servers, addresses = [], []
    for package, servicer in servicers.items():
        server = grpc.server(ThreadPoolExecutor(_THREADS), options=_LIMITS)
        add_ResourceProviderServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        addresses.append(f"{package}:{port}")
    return servers, ",".join(addresses)


def _end_with_input(ended: threading.Event) -> None:
    # Not `sys.stdin`: a thread inside its buffer would abort the interpreter that ends by SIGTERM.
    while os.read(0, 4096):
        pass
    ended.set()


def main() -> None:
    parser = argparse.ArgumentParser(description="Serve the rehearsal clouds to Pulumi engines on this machine.")
    parser.add_argument("--clouds", type=Path, required=True, help="folder of the clouds' inventory")
    parser.add_argument(
        "--region",
        default=os.environ.get("AWS_REGION") or DEFAULT_REGION,
        help="AWS region when neither program nor config names one",
    )
    arguments = parser.parse_args()
    # Importing the SDKs makes a million objects that stay: looking for garbage less often saves a third of it.
    gc.set_threshold(100_000, 50, 50)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    servers, addresses = start(providers(arguments.clouds, arguments.region))
    print(json.dumps({"debug_providers": addresses}), flush=True)
    threading.Thread(target=_end_with_input, args=(ended,), daemon=True).start()
    ended.wait()
    for server in servers:
        server.stop(grace=1).wait()


if __name__ == "__main__":
    main()
