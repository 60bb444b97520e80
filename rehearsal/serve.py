"""Every stand-in provider on a local port of its own, for engines to attach to (`python -m rehearsal serve`)."""

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

# The engine asks for as many resources at once as the program allows; several engines run at the same time.
_THREADS = 16
_LIMITS = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]

VARIABLE = "PULUMI_DEBUG_PROVIDERS"
"""The engine attaches to the providers it names (`package:port`, …) instead of starting plugins of its own."""


class JudgingFaultyProvider(JudgingProvider, FaultyProvider):
    """Refuses a change first, as the cloud does, before the fault applies."""


def providers(directory: Path, region: str, fault: str = "", *, judges: bool = False) -> dict[str, BaseProvider]:
    """One servicer for each package. Packages are registered here and nowhere else.

    `fault` is one of `faults.FAULTS`; with `judges` an apply refuses resources that do not fit the existing ones.
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


def serve(directory: Path, region: str | None, *, as_json: bool, ahead: Sequence[str] = (), fault: str = "") -> None:
    """Serves the clouds whose inventory is in `directory`; prints one line when all answer; returns when told to end.

    The line is for a shell (`export PULUMI_DEBUG_PROVIDERS=…`) or, `as_json`, an object. The end is SIGINT, SIGTERM or,
    where standard input is a pipe, its other end closing: no server outlives the process that started it. `ahead` are
    modules of SDKs to import while the engine starts: a resource's first check would wait for them.
    """
    # Importing the SDKs makes a million objects that stay: looking for garbage less often saves a third of it.
    gc.set_threshold(100_000, 50, 50)
    # A handler must not take a lock that this thread may hold (`Event.set` beside `Event.wait` did, and hung): the
    # interpreter itself writes the signal into a pipe.
    signals, wakeup = os.pipe()
    os.set_blocking(wakeup, False)
    signal.set_wakeup_fd(wakeup)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: None)
    # only who reads the object can ask the judge and the endpoints, which end with this process
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
    """Whether standard input, of this mode, can tell of a parent's end: a terminal or /dev/null cannot."""
    return stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)


def wait_for_end(signals: int, parent: int | None) -> None:
    """Returns when the pipe `signals` has data, or when `parent`, which is standard input if that is a pipe, is
    closed."""
    watched = [signals] if parent is None else [signals, parent]
    while signals not in (ready := select.select(watched, [], [])[0]):
        if not os.read(ready[0], 4096):
            return
