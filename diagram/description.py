"""What every description shares: it is frozen data, exact about its fields, and its errors never repeat the input."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=30)]
"""A name that is also a DNS label, a file name and the end of a resource name."""

_LABEL = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
Host = Annotated[str, StringConstraints(pattern=rf"^{_LABEL}(\.{_LABEL})*$", max_length=253)]
"""A host's DNS name in lower case: no scheme, no port, no wildcard."""

Port = Annotated[int, Field(ge=1, le=65535)]
Seconds = Annotated[int, Field(ge=1, le=3600)]


def _is_size(value: str) -> str:
    if not value[:-1].isdigit() or value[-1] not in "MG" or int(value[:-1]) == 0:
        raise ValueError("must be a whole number of M (MiB) or G (GiB), such as 256M")
    return value


Memory = Annotated[str, AfterValidator(_is_size)]


def in_bytes(size: Memory) -> int:
    """The bytes of a size such as ``256M`` (MiB) or ``2G`` (GiB)."""
    return int(size[:-1]) * {"M": 1024**2, "G": 1024**3}[size[-1]]


class Description(BaseModel):
    """Takes keyword-only plain values and validates them; an error names the field and never shows the value."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", hide_input_in_errors=True, defer_build=True, arbitrary_types_allowed=True
    )
