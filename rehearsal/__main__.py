"""`python -m rehearsal serve|list`: the rehearsal clouds for any Pulumi engine on this machine; see README.md here."""

from __future__ import annotations

import argparse
import os
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
    listing = commands.add_parser("list", help="list what exists in the clouds: type, scope, id and URN, a line each")
    listing.add_argument("clouds", type=Path, help="folder of the clouds' inventory")
    options = parser.parse_args()
    if options.command == "list":
        list_entries(options.clouds)
    else:
        from rehearsal.serve import serve  # imports the provider SDKs: not for `list` and `--help`

        serve(options.clouds, options.region, as_json=options.json, ahead=[*filter(None, options.ahead.split(","))])


def list_entries(clouds: Path) -> None:
    from rehearsal.inventory import Inventory

    for entry in Inventory(clouds).all():
        print(f"{entry.type}\t{entry.scope}\t{entry.id}\t{entry.urn}")


if __name__ == "__main__":
    main()
