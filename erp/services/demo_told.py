"""The base of what data/demo tells."""

from pydantic import BaseModel, ConfigDict


class Told(BaseModel):
    """Part of the county's text; a misspelled key is an error, not silence. Days are counted back ("ago")."""

    model_config = ConfigDict(frozen=True, extra="forbid")
