"""What a program can reach, read from its text: modules that it imports, one after another, and files that it names.

Nothing is run. If the text leaves something open, it counts as reached: a missing module, a name that may mean any
file.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import PurePosixPath

Read = Callable[[str], str | None]
"""Gives the text of a file by its path from the root of the checkout, None if there is none."""


@dataclass(frozen=True)
class Module:
    """What one file says: dotted names that it imports, and its strings.

    `dynamic` has imports by a variable, `refers` reads the outputs of other stacks.
    """

    imports: frozenset[str] = frozenset()
    strings: frozenset[str] = frozenset()
    dynamic: bool = False
    refers: bool = False


@dataclass
class Reach:
    """What the modules of a program reach.

    `files` by path with the module that imports each, `strings` by text with the module that has each; `dynamic` is a
    module that imports by a variable, empty if none does.
    """

    files: dict[str, str] = field(default_factory=dict)
    strings: dict[str, str] = field(default_factory=dict)
    dynamic: str = ""
    refers: bool = False


@lru_cache(maxsize=4096)
def parse(text: str, package: str) -> Module:
    """Reads one module of the dotted `package`. A text that is no Python says nothing: it fails when it is run.

    Results are cached by text: `--watch` asks again on each save, and all but one text are the same.
    """
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return Module(dynamic=True)
    imports = {name for node in ast.walk(tree) for name in list_imports(node, package)}
    strings = {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}
    names = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    attributes = {n.attr for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    dynamic = bool({"import_module", "__import__", "runpy"} & (names | attributes | imports))
    refers = "StackReference" in names | attributes
    return Module(frozenset(imports), frozenset(strings), dynamic, refers)


def list_imports(node: ast.AST, package: str) -> Iterator[str]:
    """Dotted names that an import may mean: `from a.b import c` is the module a.b.c or something in a.b."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level and package else []
        base = ".".join([*above, *([node.module] if node.module else [])])
        yield base
        yield from (f"{base}.{alias.name}".lstrip(".") for alias in node.names)


@lru_cache(maxsize=16384)
def candidates(name: str, folders: tuple[str, ...]) -> tuple[str, ...]:
    """The files that a dotted name may be, its packages' first, below each folder that imports are looked up in."""
    parts = [part for part in name.split(".") if part]
    paths = (
        "/".join([*filter(None, [folder]), *parts[:end]]) for folder in folders for end in range(1, len(parts) + 1)
    )
    return tuple(file for path in paths for file in (f"{path}/__init__.py", f"{path}.py"))


def follow(start: Iterable[str], folders: tuple[str, ...], read: Read, parsed: dict[str, Module]) -> Reach:
    """Everything that the modules `start` reach. `parsed` caches modules for the next program."""
    reach, waiting = Reach(), [(path, path) for path in start]
    while waiting:
        path, by = waiting.pop()
        if path in reach.files:
            continue
        reach.files[path] = by
        module = look(path, folders, read, parsed)
        if module is None:
            continue
        for text in module.strings:
            reach.strings.setdefault(text, path)
        reach.dynamic = reach.dynamic or (path if module.dynamic else "")
        reach.refers = reach.refers or module.refers
        waiting += [(candidate, path) for name in module.imports for candidate in candidates(name, folders)]
    return reach


def look(path: str, folders: tuple[str, ...], read: Read, parsed: dict[str, Module]) -> Module | None:
    if path not in parsed:
        text = read(path)
        if text is None:
            return None
        parsed[path] = parse(text, package_of(path, folders))
    return parsed[path]


def package_of(path: str, folders: tuple[str, ...]) -> str:
    """The dotted package of a file: relative imports begin there."""
    folder = PurePosixPath(path).parent
    for root in sorted(folders, key=len, reverse=True):
        if folder.is_relative_to(root):
            return ".".join(folder.relative_to(root).parts)
    return ".".join(folder.parts)


def names_file(text: str, file: str, rooms: Iterable[str]) -> bool:
    """Whether a string in a program may mean a file: its path or a folder of it, its name, or a pattern of names."""
    plain = text.strip("/").removeprefix("./")
    if not plain or len(plain) > 300 or "\n" in plain:
        return False
    path = PurePosixPath(file)
    if "*" in plain:  # of an ARN or an action it is no pattern of files
        return (
            ":" not in plain and ("." in plain or "/" in plain) and file.startswith(tuple(rooms)) and path.match(plain)
        )
    within = file == plain or file.startswith(f"{plain}/") or file.endswith(f"/{plain}")
    return within and ("/" in plain or plain == path.name or plain in rooms)


def strings_in(value: object) -> Iterator[str]:
    """Every string of parsed YAML."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings_in(key)
            yield from strings_in(item)
    elif isinstance(value, list):
        for item in value:
            yield from strings_in(item)
