"""The examples in the SDK's own documentation, run to see which inputs they give their resources.

The docstrings of pulumi-aws hold thousands of programs by people who wrote them to be copied. Each is run under
Pulumi's mocks; what it leaves out ("name 'example_vpc' is not defined") becomes an unknown output.
"""

from __future__ import annotations

import asyncio
import builtins
import re
import sys
import textwrap
import types
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi_aws
from pulumi.runtime import mocks

SDK = Path(pulumi_aws.__file__).parent
ABSENT_PACKAGES = ("pulumi_std", "pulumi_archive", "pulumi_local", "pulumi_null", "pulumi_time", "pulumi_kubernetes")
# What any invocation answers, where an example builds on it.
ANSWER = {
    "accountId": "123456789012",
    "arn": "arn:aws:iam::aws:policy/example",
    "id": "123456789012",
    "json": "{}",
    "name": "us-east-1",
    "names": ["us-east-1a", "us-east-1b", "us-east-1c"],
    "partition": "aws",
    "region": "us-east-1",
}

Registration = tuple[str, dict[str, Any]]


def resources_of_examples(module: str) -> Iterator[Registration]:
    """Type token and inputs of every resource that some example in a module's docstrings (`sagemaker`) registers."""
    for file in sorted((SDK / module).glob("[a-z]*.py")):
        examples = re.findall(r"```python\n(.*?)```", file.read_text(encoding="utf-8"), re.DOTALL)
        for example in dict.fromkeys(map(textwrap.dedent, examples)):
            yield from _run(example)


def _run(example: str) -> list[Registration]:
    recorder = _Recorder()
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    try:
        mocks.set_mocks(recorder, preview=True)
        _execute(example)
        pending = asyncio.all_tasks(loop)
        loop.run_until_complete(asyncio.wait_for(asyncio.gather(*pending, return_exceptions=True), 10))
    finally:
        loop.close()
        asyncio.set_event_loop(None)
    # An f-string over an output holds Pulumi's advice in place of its value.
    return [made for made in recorder.registered if "Calling __str__ on an Output" not in repr(made)]


def _execute(example: str) -> None:
    absent = {name: _AbsentPackage(name) for name in ABSENT_PACKAGES if name not in sys.modules}
    sys.modules.update(absent)
    try:
        exec(compile(example, "example", "exec"), {"__name__": "example"}, _Names())  # noqa: S102
    except Exception:  # noqa: S110 (an example cut short still registered what came before)
        pass
    finally:
        for name in absent:
            del sys.modules[name]


class _Recorder(mocks.Mocks):
    def __init__(self) -> None:
        self.registered: list[Registration] = []

    def new_resource(self, args: mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        self.registered.append((args.typ, args.inputs))
        return "id-" + re.sub(r"[^a-z0-9]", "", args.name.lower()) + "0123abcd", args.inputs

    def call(self, args: mocks.MockCallArgs) -> tuple[dict[str, Any], None]:
        return ANSWER, None


def _unknown(*_: Any, **__: Any) -> pulumi.Output[Any]:
    def future(value: Any) -> asyncio.Future[Any]:
        made = asyncio.get_event_loop().create_future()
        made.set_result(value)
        return made

    return pulumi.Output(future(set()), future(None), future(False), future(False))


class _Names(dict[str, Any]):
    """An example's variables: one that nothing defined is an unknown output."""

    def __missing__(self, name: str) -> Any:
        if hasattr(builtins, name):
            raise KeyError(name)
        return _unknown()


class _AbsentPackage(types.ModuleType):
    """A package whose every function answers an object of unknown outputs."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return self if name == "index" else _AbsentResult


class _AbsentResult:
    def __init__(self, *_: Any, **__: Any) -> None:
        """Takes whatever the absent function takes."""

    def __getattr__(self, _: str) -> Any:
        return _unknown()
