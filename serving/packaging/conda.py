"""Azure ML's environment file: a conda specification whose pip section is the hash-locked file, line for line."""

from __future__ import annotations

from serving.description import DESCRIBED

PYTHON = "3.11"


def environment_yaml(lock: str) -> str:
    """The specification for a lock file's text. conda hands the pip section to pip unchanged, hashes included."""
    lines = [
        f"name: {DESCRIBED.name}",
        "channels:",
        "  - conda-forge",
        "dependencies:",
        f"  - python={PYTHON}",
        "  - pip",
        "  - pip:",
    ]
    lines += [f'      - "{requirement}"' for requirement in requirements(lock)]
    return "\n".join(lines) + "\n"


def requirements(lock: str) -> list[str]:
    """A lock file's requirements, each with its marker and hashes on one line."""
    joined = lock.replace("\\\n", " ")
    lines = (" ".join(line.split()).replace('"', "'") for line in joined.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
