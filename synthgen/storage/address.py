"""Addresses of folders in stores: `s3://bucket/prefix`."""

import re
from dataclasses import dataclass

from synthgen.errors import UserError
from synthgen.spec.discreet import discreet
from synthgen.spec.wording import choices, nearest

STORES = {"s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs"}
"""The package that knows each kind of store; fsspec finds it."""
LOCAL = "file"
_PART = re.compile(r"[\w.=+,~!()-]+")
"""What a part of a name may hold: what is no pattern, no secret and no other part to anybody."""


@dataclass(frozen=True)
class Address:
    """A folder in a store.

    Attributes:
        protocol: one of `STORES`, or `file`.
        path: bucket and the prefix of all names, without a slash at the end.
    """

    protocol: str
    path: str

    def __str__(self) -> str:
        return f"{self.protocol}://{self.path}"


def is_address(value: object) -> bool:
    """Return whether a value is meant as an address and not as a path."""
    return isinstance(value, str) and "://" in value


def address(key: str, text: str) -> Address:
    """Return the address that `text` is; `file:///folder` is the local folder.

    Raises:
        UserError: when it is none, or of a store that is not known, or holds a user, a password
            or a query: who we are is for the environment to say, as the store's package reads it.
    """
    told = f"{key}={discreet(text)}"
    protocol, _, rest = text.partition("://")
    known = (*STORES, LOCAL)
    if protocol not in known:
        close = nearest(protocol, known)
        raise UserError(f"{told}: expected a path or an address of {choices(known)}{close}")
    if "@" in rest.partition("/")[0] or "?" in rest or "#" in rest:
        raise UserError(
            f"{told}: expected no user, password or query in it; keys come from the environment "
            "or the profile"
        )
    if protocol == LOCAL:
        if not rest.startswith("/"):
            raise UserError(f"{told}: expected a whole path, file:///folder")
        return Address(LOCAL, "/" + rest.strip("/"))
    parts = rest.removesuffix("/").split("/")
    wrong = [part for part in parts if not _PART.fullmatch(part) or part in (".", "..")]
    if wrong:
        raise UserError(
            f"{told}: expected {protocol}://bucket/prefix of letters, digits and ._=+,~!()- "
            "between the slashes"
        )
    return Address(protocol, "/".join(parts))
