"""The type of a text that names a member of a registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema


@dataclass(frozen=True, slots=True, eq=False)  # by identity, so that a type may be one of several
class NameIn:
    """What makes a text the name of something registered: ``Annotated[str, NameIn(ENCODERS)]``.

    Plugins register their members after the option classes are made. The names are therefore read from the
    registry each time that a value is checked, documented, or put into the JSON Schema.

    Parameters
    ----------
    registry : mapping of str
        Must raise `InputError` for an unknown name, as `gmmviz.registry.Registry` does.
    find : callable, optional
        Looks a name up instead of the registry, if more names will do than are registered. It must raise
        `InputError` for those that will not.
    """

    registry: Mapping[str, Any]
    find: Callable[[str], object] | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """Check that the text is a name, after checking that it is a text."""
        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """List the names there are now: as all that will do, or as examples."""
        return handler(schema) | {"examples" if self.find else "enum": list(self.registry)}

    def _checked(self, name: str) -> str:
        (self.find or self.registry.__getitem__)(name)
        return name
