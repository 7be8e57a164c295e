"""Tools that take the arguments they have, and no others."""

from collections.abc import Callable
from typing import Any, TypeVar

from mcp.server.mcpserver.tools import Tool
from mcp.types import ToolAnnotations
from pydantic import BaseModel, ConfigDict, model_validator

_Function = TypeVar("_Function", bound=Callable[..., Any])


class Tools:
    """Collects tools; ``made`` is what a server takes."""

    def __init__(self) -> None:
        self.made: list[Tool] = []

    def tool(self, *, annotations: ToolAnnotations) -> Callable[[_Function], _Function]:
        """As the server's own decorator. Its tools leave out what they don't know: with a misspelt publish_at an item
        would be posted at once, in public.
        """

        def keep(function: _Function) -> _Function:
            tool = Tool.from_function(function, annotations=annotations)
            known = tool.fn_metadata.arg_model = _strict(tool.fn_metadata.arg_model)
            tool.parameters = known.model_json_schema(by_alias=True)
            self.made.append(tool)
            return function

        return keep


def _strict(arguments: Any) -> Any:
    """The same arguments, where an unknown one is refused by its name; the tool's schema says so, too."""

    class Strict(arguments):  # type: ignore[misc]
        model_config = ConfigDict(extra="forbid", title=arguments.__name__)

        @model_validator(mode="before")
        @classmethod
        def _names(cls: type[BaseModel], said: dict[str, Any]) -> dict[str, Any]:
            if unknown := sorted(set(said) - set(cls.model_fields)):
                raise ValueError(
                    f"{', '.join(unknown)}: not an argument here. Known are {', '.join(cls.model_fields)}."
                )
            return said

    return Strict
