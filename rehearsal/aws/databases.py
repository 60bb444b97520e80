"""Database engines of AWS: default versions, ports, and instance classes.

Each engine has one recent default version. If a program requests another version, the answer describes that version.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from rehearsal.aws import account
from rehearsal.cloud import Call
from rehearsal.provider.answers import Answer
from rehearsal.tables import read_table

_OFFERED = read_table(Path(__file__).with_name("databases.toml"))


def port(engine: str) -> int:
    return _of("ports", engine, 3306)


def version(engine: str) -> str:
    return _of("versions", engine, "8.0.40")


def _of(table: str, engine: str, default: Any) -> Any:
    return next((value for name, value in _OFFERED[table].items() if engine.startswith(name)), default)


def _engine(call: Call) -> str:
    """The requested engine, else the only engine of DocumentDB or Neptune, else MySQL."""
    module = call.kind.token.split(":")[1].partition("/")[0]
    return str(call.arguments.get("engine") or (module if module in ("docdb", "neptune") else "mysql"))


def _chosen(call: Call, *names: str) -> str | None:
    """The value of the first of these arguments that has one; the first item if the value is a list."""
    for name in names:
        value = call.arguments.get(name)
        if isinstance(value, Sequence) and value:
            return str(value if isinstance(value, str) else value[0])
    return None


def _major(engine: str, full: str) -> str:
    """The part of a version that identifies its family, such as `17` or `8.0`."""
    parts = full.split(".")
    return parts[0] if "postgres" in engine else ".".join(parts[:2])


def engine_version(call: Call) -> dict[str, Any]:
    engine = _engine(call)
    wanted = _chosen(call, "version", "preferredVersions")
    default = version(engine)
    # A major version alone means its newest minor version.
    actual = default if wanted is None or default.startswith(f"{wanted}.") else wanted
    family = "postgres" if engine == "postgres" else engine
    return {
        "id": actual,
        "engine": engine,
        "engineDescription": engine,
        "version": wanted or actual,
        "versionActual": actual,
        "versionDescription": f"{engine} {actual}",
        "parameterGroupFamily": call.arguments.get("parameterGroupFamily") or f"{family}{_major(engine, actual)}",
        "status": "available",
        "exportableLogTypes": ["postgresql"] if "postgres" in engine else ["audit", "error", "general", "slowquery"],
        "supportedModes": ["provisioned"],
        "supportsLogExportsToCloudwatch": True,
        "supportsReadReplica": True,
    }


def orderable(call: Call) -> dict[str, Any]:
    """Returns an instance class for an engine version: the first preferred one, with all requested features."""
    engine = _engine(call)
    capabilities = {
        name: call.arguments.get(name, True)
        for name, prop in call.kind.outputs.items()
        if name.startswith("supports") and prop.required
    }
    return {
        **capabilities,
        "id": f"{engine}-orderable",
        "availabilityZones": account.zones(call.scope),
        "engine": engine,
        "engineVersion": _chosen(call, "engineVersion", "preferredEngineVersions") or version(engine),
        "instanceClass": _chosen(call, "instanceClass", "preferredInstanceClasses") or "db.t3.medium",
        "licenseModel": call.arguments.get("licenseModel") or _of("licenses", engine, "general-public-license"),
        "storageType": call.arguments.get("storageType") or ("aurora" if engine.startswith("aurora") else "gp3"),
        "minStorageSize": 20,
        "maxStorageSize": 65536,
        "multiAzCapable": True,
        "readReplicaCapable": call.arguments.get("readReplicaCapable", True),
        "supportedEngineModes": call.arguments.get("supportedEngineModes") or ["provisioned"],
        "supportedNetworkTypes": call.arguments.get("supportedNetworkTypes") or ["DUAL", "IPV4"],
        "vpc": call.arguments.get("vpc", True),
    }


def certificate(call: Call) -> dict[str, Any]:
    """Returns the certificate authority of new databases."""
    identifier = call.arguments.get("id") or "rds-ca-rsa2048-g1"
    return {
        "id": identifier,
        "arn": f"arn:{account.partition(call.scope)}:rds:{call.scope}::cert:{identifier}",
        "certificateType": "CA",
        "validFrom": "2021-05-25T22:34:57Z",
        "validTill": "2061-05-25T23:34:57Z",
    }


def orderable_cluster(call: Call) -> dict[str, Any]:
    return {
        "id": "orderable",
        "availabilityZones": account.zones(call.scope),
        "clusterType": call.arguments.get("clusterType") or "multi-node",
        "clusterVersion": call.arguments.get("clusterVersion") or "1.0",
        "nodeType": _chosen(call, "nodeType", "preferredNodeTypes") or "ra3.large",
    }


FACTS: Mapping[str, Answer] = {
    "aws:docdb/getEngineVersion:getEngineVersion": engine_version,
    "aws:docdb/getOrderableDbInstance:getOrderableDbInstance": orderable,
    "aws:neptune/getEngineVersion:getEngineVersion": engine_version,
    "aws:neptune/getOrderableDbInstance:getOrderableDbInstance": orderable,
    "aws:rds/getCertificate:getCertificate": certificate,
    "aws:rds/getEngineVersion:getEngineVersion": engine_version,
    "aws:rds/getOrderableDbInstance:getOrderableDbInstance": orderable,
    "aws:redshift/getOrderableCluster:getOrderableCluster": orderable_cluster,
}
