"""Takes a picture of a report page: `python -m tests.report.screenshot report/index.html docs/images/report.png`.

With `--all` the picture is a folder: the whole page at 1300 and 390 px, light and dark, and in print.

Uses the Chromium on PATH through Playwright; nothing is downloaded. A tool for people and for the README's picture,
not a test.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
from pathlib import Path
from typing import Literal

from playwright.sync_api import sync_playwright

CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
WIDTHS, PAPER = (1300, 390), 794
"""Pixels: a desktop's and a telephone's window, and A4 at 96 a inch."""
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def chromium() -> str | None:
    """The browser on PATH, if there is one."""
    return next((path for name in CHROMIUMS if (path := shutil.which(name))), None)


def flags() -> list[str]:
    """Chromium's sandbox refuses to run as root; everybody else keeps it."""
    return [*FLAGS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]


def take(
    page_file: Path, picture: Path, width: int, height: int, scheme: Literal["light", "dark"], full: bool, scale: float
) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=flags())
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, device_scale_factor=scale
        )
        page = context.new_page()
        page.goto(page_file.resolve().as_uri())
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture, full_page=full)
        browser.close()


def take_all(page_file: Path, folder: Path) -> None:
    """One browser for all: what a reviewer looks at after a change of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium(), args=flags())
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
                page.goto(page_file.resolve().as_uri())
                page.screenshot(path=folder / f"{page_file.stem}-{width}-{scheme}.png", full_page=True)
                page.close()
        page = browser.new_page(viewport={"width": PAPER, "height": 1120})
        page.set_default_timeout(120_000)  # with every detail open a first rehearsal is a hundred thousand pixels long
        page.emulate_media(media="print")
        page.goto(page_file.resolve().as_uri())
        page.screenshot(path=folder / f"{page_file.stem}-print.png", full_page=True)
        browser.close()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("page", type=Path)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=900)
    parser.add_argument("--scheme", choices=("light", "dark"), default="light")
    parser.add_argument("--all", action="store_true", help="every width, scheme and print, into a folder")
    parser.add_argument("--full", action="store_true", help="the whole page, not only its first screen")
    parser.add_argument("--scale", type=float, default=1.0, help="pixels of the picture per pixel of the page")
    options = parser.parse_args()
    if not chromium():
        print(f"No browser on PATH (looked for {', '.join(CHROMIUMS)}): apt-get install chromium", file=sys.stderr)
        return 2
    if not options.page.is_file():
        print(f"{options.page}: no such file; write the report first: make rehearse", file=sys.stderr)
        return 2
    if options.all:
        take_all(options.page, options.picture)
        return 0
    take(options.page, options.picture, options.width, options.height, options.scheme, options.full, options.scale)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
