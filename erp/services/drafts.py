"""The base of drafts: plain, validated values on their way into a service."""

from typing import Any, Self

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from erp.errors import Invalid


class Draft(BaseModel):
    """What a person entered, before any rule of the database is asked. Outer spaces are trimmed.

    The sign of code 0, which nobody sees and some clipboards hold, is left out: no database keeps it well.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def _without_nul(cls, value: Any) -> Any:
        return value.replace("\0", "") if type(value) is str else value

    @classmethod
    def of(cls, **values: Any) -> Self:
        """Build the draft. Raises: Invalid with a sentence naming the first field that cannot be used."""
        try:
            return cls(**values)
        except ValidationError as problem:
            first = problem.errors()[0]
            field = str(first["loc"][0]).replace("_", " ") if first["loc"] else "The entry"
            raise Invalid(f"{field.capitalize()}: {first['msg']}. Correct it and save again.") from problem
