"""Map files that users bring: read with suspicion, told apart by their root element."""

from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar
from xml.etree import ElementTree
from xml.parsers import expat

MOST_BYTES = 64_000_000
"""Largest map file that is read: a city of a million has about a gigabyte, a quarter a few MB."""
MOST_DEPTH = 64
"""Elements within elements: OpenDRIVE nests to ten, OpenStreetMap to three."""
KINDS = {"osm": ("osm", "an OpenStreetMap file"), "opendrive": ("OpenDRIVE", "an OpenDRIVE file")}
"""Root element and name of the files that each `place=` reads."""

Found = TypeVar("Found")


def _refuse(*_: object) -> NoReturn:
    raise ValueError("has a document type or entity declaration, which a map does not need")


class _Builder(ElementTree.TreeBuilder):
    """Builds the tree, but not deeper than any map is."""

    depth = 0

    def start(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        """Open an element."""
        self.depth += 1
        if self.depth > MOST_DEPTH:
            raise ValueError(f"nests its elements more than {MOST_DEPTH} deep")
        return super().start(tag, attributes)

    def end(self, tag: str) -> ElementTree.Element:
        """Close an element."""
        self.depth -= 1
        return super().end(tag)


def parse(text: bytes) -> ElementTree.Element:
    """Return the root element; declarations that could expand or fetch anything are refused."""
    builder, parser = _Builder(), expat.ParserCreate()
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ValueError(f"is not well-formed XML: {error}") from None
    return builder.close()


def _root(file: Path, kind: str) -> ElementTree.Element:
    if file.is_dir():
        raise ValueError("is a folder")
    if not file.is_file():
        raise ValueError("is not a file")
    size = file.stat().st_size
    if size > MOST_BYTES:
        raise ValueError(f"is too large: {size / 1e6:.0f} MB, at most {MOST_BYTES / 1e6:.0f}")
    if size == 0:
        raise ValueError("is empty")
    root = parse(file.read_bytes())
    for other, (tag, name) in KINDS.items():
        if root.tag == tag and other != kind:
            raise ValueError(f"is {name}, which place={other} reads, not place={kind}")
    if root.tag != KINDS[kind][0]:
        raise ValueError(f"is not {KINDS[kind][1]}: its root is <{root.tag[:40]}>")
    return root


def read_map(file: Path, kind: str, reader: Callable[[ElementTree.Element], Found]) -> Found:
    """Return what `reader` makes of the root element of map `file` of `kind`, osm or opendrive.

    Raises:
        ValueError: one line with the file and its fault.
    """
    try:
        return reader(_root(file, kind))
    except KeyError as error:
        raise ValueError(f"map {file}: an element lacks its attribute {error}") from None
    except (ValueError, OSError) as error:
        fault = error.strerror if isinstance(error, OSError) else error
        raise ValueError(f"map {file}: {fault}") from None
