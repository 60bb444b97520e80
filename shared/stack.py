"""The one read of a stack's config: `stack = Stack.load(Settings)`, the first statement of every `__main__.py`."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

import pulumi

from shared import description
from shared.config_file import config_path, locate, provider_faults
from shared.container import Container, read_container
from shared.naming import physical_name
from shared.problem import InvalidConfig
from shared.reading import read
from shared.settings import StackSettings
from shared.transform import transform_everything
from shared.yaml_lines import Document

S = TypeVar("S", bound=StackSettings)


@dataclass(frozen=True)
class Stack(Generic[S]):
    """Which stack this is, in which environment, with which settings."""

    name: str
    environment: str
    settings: S

    @classmethod
    def load(cls, settings: type[S]) -> Stack[S]:
        """Read the engine's config once; tag and protect, as it says, everything made from here on.

        Raises InvalidConfig with all faults, before any resource is made.
        """
        project, environment = pulumi.get_project(), pulumi.get_stack()
        values = _engine_config()
        own = {key.removeprefix(f"{project}:"): v for key, v in values.items() if key.startswith(f"{project}:")}
        found, faults = read(settings, own, environment)
        faults += provider_faults(settings, values, project)
        if (described := description.find_problems()) or found is None or faults:
            path = config_path(Path(inspect.getfile(settings)).parent, environment)
            document = Document(path) if path.is_file() else None
            raise InvalidConfig([*described, *(locate(fault, project, path, document) for fault in faults)])
        stack = cls(project, environment, found)
        transform_everything(stack.tags, protected=found.availability.protected)
        return stack

    @property
    def container(self) -> Container | None:
        """The model's own, None where the app in `serving/` serves it."""
        return read_container()

    @property
    def tags(self) -> dict[str, str]:
        """What every resource carries: who owns it, who pays, and where its definition lies."""
        return {
            **self.settings.tags.model_dump(mode="json"),
            "stack": self.name,
            "environment": self.environment,
            "managed_by": "pulumi",
        }

    def physical_name(self, *parts: str, limit: int) -> str:
        """`<stack>-<environment>-<parts…>` within the service's limit; for names callers or other services hold."""
        return physical_name(self.name, self.environment, *parts, limit=limit)

    def parameter_path(self, name: str) -> str:
        """Where callers find a value that may change under them, such as the name of the current endpoint."""
        return f"/inference/{self.name}/{self.environment}/{name}"


def _engine_config() -> dict[str, Any]:
    """Every config value the engine handed over; blocks arrive as JSON text."""
    return {key: _plain(value) for key, value in pulumi.runtime.config.CONFIG.get().items()}


def _plain(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
