"""HTML and SVG of values: every text and attribute escaped, here and nowhere else."""

import json
from collections.abc import Mapping, Sequence
from html import escape

_UNSAFE = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


def tag(name: str, inner: str = "", /, **attributes: object) -> str:
    """Return an element around `inner`, which is markup already.

    An underscore in an attribute's name is a hyphen, one at its end is left out; None and False
    leave the attribute out, True writes it without a value.
    """
    written = "".join(_attribute(key, value) for key, value in attributes.items())
    return f"<{name}{written}>{inner}</{name}>"


def text(value: object) -> str:
    """Return `value` as the text of an element."""
    return escape(str(value))


def _attribute(key: str, value: object) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{escape(str(value))}"'


def script_json(value: Mapping | Sequence) -> str:
    """Return JSON that may stand in a script element: no `<`, `>` or `&` of the data remain.

    HTML ends a script at `</script`, and comments begin at `<!--`, whatever a JSON string says;
    inside strings, the only place where these signs occur in JSON, their escapes mean the same.
    """
    plain = json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return plain.translate(_UNSAFE)


def number(value: float) -> str:
    """Return a count with thousands apart."""
    return f"{value:,.0f}"


def short(value: int) -> str:
    """Return a count in at most four signs: 9,999 is 9999, 12345 is 12k, 3,400,000 is 3.4M."""
    if value < 10_000:
        return str(value)
    if value < 999_500:
        return f"{round(value / 1000)}k"
    millions = value / 1e6
    return f"{millions:.1f}M" if millions < 9.95 else f"{round(millions)}M"
