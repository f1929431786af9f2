"""Text for people and records: without the secrets that an address may hold."""

import re
from collections.abc import Mapping
from typing import Any

_LOGIN = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+:/{1,2})[^/\s'\"@]*@")
"""What stands before the host, `//user:password@`. Source: RFC 3986, section 3.2.1. One slash is
left of two where an address was taken for a path."""
_QUERY = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+:/{1,2}[^\s'\"?#]*)\?[^\s'\"#]*")
"""What stands behind the path: signed addresses hold their key there."""


def discreet(text: str) -> str:
    """Return `text` with every address in it without user, password and query."""
    return _QUERY.sub(r"\1", _LOGIN.sub(r"\1", text))


def discreet_tree(tree: Any) -> Any:
    """Return `tree` of dicts, lists and tuples with all its texts `discreet`, keys too."""
    if isinstance(tree, str):
        return discreet(tree)
    if isinstance(tree, Mapping):
        return {discreet_tree(key): discreet_tree(value) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [discreet_tree(one) for one in tree]
    return tree
