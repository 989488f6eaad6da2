"""Records: small objects whose fields nobody changes, and the few (``Struct``) whose fields are."""

from typing import TYPE_CHECKING, Any, TypeVar, dataclass_transform

from msgspec import Struct, defstruct, field

Made = TypeVar("Made")

__all__ = ["Record", "Struct", "field", "names_of", "replace"]

if TYPE_CHECKING:

    @dataclass_transform(frozen_default=True, field_specifiers=(field,))
    class Record:
        """Frozen, with equality, hash and repr by its fields; ``dict=True`` leaves room for cached properties."""

        __struct_fields__: tuple[str, ...]

        def __init_subclass__(cls, dict: bool = False, eq: bool = True) -> None: ...

    def replace(record: Made, /, **changes: Any) -> Made:
        """The same with other values in these fields."""
else:
    from msgspec.structs import replace

    Record = defstruct("Record", [], frozen=True, module=__name__)


def names_of(record: Record | type[Record]) -> tuple[str, ...]:
    """The names of its fields, in their order."""
    return record.__struct_fields__
