"""Serves each stand-in provider on its own local port, for engines to attach to (`python -m rehearsal serve`)."""

from __future__ import annotations

import gc
import json
import os
import select
import signal
import stat
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import grpc
from pulumi.runtime.proto.provider_pb2_grpc import ResourceProviderServicer, add_ResourceProviderServicer_to_server

from rehearsal import endpoints
from rehearsal.aws.account import DEFAULT_REGION
from rehearsal.aws.aws_cloud import Aws
from rehearsal.awsx.servicer import AwsxProvider
from rehearsal.azure.azure_cloud import Azure
from rehearsal.cloud import Cloud
from rehearsal.faults import Count, FaultyProvider
from rehearsal.helpers.docker import DOCKER, DOCKER_BUILD
from rehearsal.helpers.random import RANDOM
from rehearsal.helpers.tls import TLS
from rehearsal.inventory import Inventory
from rehearsal.judge import serve as judge
from rehearsal.judging import JudgingProvider
from rehearsal.provider.protocol import BaseProvider
from rehearsal.provider.resources import CloudProvider
from rehearsal.sdk.package import Sdk, import_ahead

# Several engines run at once, and each requests as many resources at once as its program allows.
_THREADS = 16
_LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

VARIABLE = "PULUMI_DEBUG_PROVIDERS"
"""The engine's environment variable with the addresses of running providers (`package:port,…`), which it attaches to
instead of starting plugins."""


class JudgingFaultyProvider(JudgingProvider, FaultyProvider):
    """A provider with both. As in a cloud, the refusal of a change comes before the fault."""


def providers(directory: Path, region: str, fault: str = "", *, judges: bool = False) -> dict[str, BaseProvider]:
    """Returns one servicer per package. This is the only place that registers packages.

    `fault` is empty or one of `faults.FAULTS`. With `judges`, an apply refuses resources that conflict with the
    existing ones.
    """
    inventory = Inventory(directory)
    clouds: dict[str, Cloud] = {
        "aws": Aws(region),
        "azure-native": Azure(),
        "docker": DOCKER,
        "docker-build": DOCKER_BUILD,
        "random": RANDOM,
        "tls": TLS,
    }
    plain, faulty = (JudgingProvider, JudgingFaultyProvider) if judges else (CloudProvider, FaultyProvider)
    make = partial(faulty, fault=fault, count=Count()) if fault else plain
    served = {package: make(Sdk(package), cloud, inventory) for package, cloud in clouds.items()}
    return {**served, "awsx": AwsxProvider()}


def start(servicers: Mapping[str, ResourceProviderServicer]) -> tuple[list[grpc.Server], str]:
    """Starts one server per package. Returns the servers and the value for PULUMI_DEBUG_PROVIDERS."""
    servers, addresses = [], []
    for package, servicer in servicers.items():
        server = grpc.server(ThreadPoolExecutor(_THREADS), options=_LIMITS)
        add_ResourceProviderServicer_to_server(servicer, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        addresses.append(f"{package}:{port}")
    return servers, ",".join(addresses)


def serve(directory: Path, region: str | None, *, as_json: bool, ahead: Sequence[str] = (), fault: str = "") -> None:
    """Serves the clouds with the inventory in `directory`, and prints one line when all servers are ready.

    The line is a shell command (`export PULUMI_DEBUG_PROVIDERS=…`) or, with `as_json`, a JSON object. Returns on SIGINT
    or SIGTERM, or when standard input closes if that is a pipe, so that no server outlives its parent. `ahead` lists
    SDK modules to import while the engine starts, because the first check of a resource waits for them.
    """
    # Importing the SDKs creates a million lasting objects. Fewer garbage collections save a third of the time.
    gc.set_threshold(100_000, 50, 50)
    # A signal handler must not take a lock that this thread may hold (`Event.set` during `Event.wait` did, and hung).
    # So the interpreter writes the signal into a pipe.
    signals, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # Only a reader of the JSON object learns the addresses of the judge and the endpoints, which end with this process.
    servers, addresses = start(providers(directory, region or DEFAULT_REGION, fault, judges=not as_json))
    if as_json:
        shared = os.environ.get(judge.VARIABLE)
        _process, judge_address = (None, shared) if shared else judge.start()
        answering = endpoints.start(Inventory(directory), fault)
        print(json.dumps({"debug_providers": addresses, "judge": judge_address, "endpoints": answering}), flush=True)
    else:
        print(f"export {VARIABLE}={addresses}", flush=True)
    import_ahead(ahead)
    wait_for_end(signals, 0 if ends_with_its_parent(os.fstat(0).st_mode) else None)
    for server in servers:
        server.stop(grace=1).wait()


def ends_with_its_parent(mode: int) -> bool:
    """Whether standard input with this `st_mode` closes when the parent ends. A terminal or /dev/null does not."""
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def wait_for_end(signals: int, parent: int | None) -> None:
    """Returns when the pipe `signals` has data or `parent` is closed. `parent` is standard input if that is a pipe."""
    watched = [signals] if parent is None else [signals, parent]
    while signals not in (ready := select.select(watched, [], [])[0]):
        if not os.read(ready[0], 4096):
            return
