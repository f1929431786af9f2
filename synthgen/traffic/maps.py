"""Maps that users bring, whatever their format: checked before a run, imported for a shard."""

from collections.abc import Callable, Mapping
from pathlib import Path

from synthgen.network import Network
from synthgen.traffic.graph import road_graph
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.opendrive import import_opendrive
from synthgen.traffic.streetmap import import_network

READERS: Mapping[str, Callable[[Path, Path], tuple[Network, Path]]] = {
    "osm": import_network,
    "opendrive": import_opendrive,
}
"""How the file of each `place=` is read: (file, folder for SUMO's files) -> streets."""
LEAST_WAY = 120.0
"""[m] of connected road: ten frames 20 m apart need more, a look at one of them needs this."""


def import_map(kind: str, file: Path, folder: Path) -> tuple[Network, Path]:
    """Return the streets of map `file` and their SUMO network file inside `folder`.

    Raises:
        ValueError: one line with the file and its fault.
    """
    network, net_file = READERS[kind](file, folder)
    try:
        way = sum(road_graph(read_net_file(net_file), "passenger").length.values())
    except ValueError as error:
        raise ValueError(f"map {file}: {error}, which the ego car needs") from None
    if way < LEAST_WAY:
        fault = f"its longest connected roads measure {way:.0f} m, expected {LEAST_WAY:.0f} or more"
        raise ValueError(f"map {file}: {fault}, both ways together, for the ego car to drive on")
    return network, net_file
