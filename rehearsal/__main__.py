"""`python -m rehearsal serve|judge|list`: the rehearsal clouds for any Pulumi engine here; see README.md."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tomllib
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m rehearsal", description="Stand-in clouds for Pulumi engines.")
    commands = parser.add_subparsers(dest="command", required=True)
    serving = commands.add_parser("serve", help="serve every provider until a signal comes or standard input closes")
    serving.add_argument("--clouds", type=Path, required=True, help="folder of the clouds' inventory; made if missing")
    serving.add_argument(
        "--region",
        default=os.environ.get("AWS_REGION"),
        help="AWS region when neither program nor config names one (default: AWS_REGION, else us-east-1)",
    )
    serving.add_argument("--json", action="store_true", help="print the addresses as JSON, not as a line for a shell")
    serving.add_argument("--ahead", default="", help="modules of SDKs to import before they are asked for, by commas")
    serving.add_argument("--fault", default="", choices=faults(), help="what the clouds do wrong: see faults.toml")
    listing = commands.add_parser("list", help="list what exists in the clouds: type, scope, id and URN, a line each")
    listing.add_argument("clouds", type=Path, help="folder of the clouds' inventory")
    judging = commands.add_parser("judge", help="judge what `pulumi preview --json` printed: exit code 1 if refused")
    judging.add_argument("preview", type=Path, nargs="?", help="its file (default: standard input)")
    judging.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.command == "list":
        list_entries(options.clouds)
    elif options.command == "judge":
        judge(options.preview, options.socket)
    else:
        from rehearsal.serve import serve  # imports the provider SDKs, which `list` and `--help` do not need

        ahead = [*filter(None, options.ahead.split(","))]
        serve(options.clouds, options.region, as_json=options.json, ahead=ahead, fault=options.fault)


def faults() -> list[str]:
    """Returns the names of all faults."""
    return list(tomllib.loads(Path(__file__).with_name("faults.toml").read_text(encoding="utf-8")))


def judge(preview: Path | None, socket: int | None) -> None:
    from rehearsal.judge.serve import answer, serve

    if socket is not None:
        serve(socket)
        return
    refusals = answer(json.loads(preview.read_text(encoding="utf-8") if preview else sys.stdin.read()))
    for refusal in refusals:
        print(f"{refusal['urn']}\t{refusal['path']}: {refusal['message']} ({refusal['rule']}: {refusal['source']})")
    sys.exit(1 if refusals else 0)


def list_entries(clouds: Path) -> None:
    from rehearsal.inventory import Inventory

    for entry in Inventory(clouds).all():
        print(f"{entry.type}\t{entry.scope}\t{entry.id}\t{entry.urn}")


if __name__ == "__main__":
    main()
