"""What every writer can do."""

from typing import Protocol

from synthgen.sample import Sample


class Writer(Protocol):
    """Writes one format into the folder of a shard that is being built."""

    def add(self, sample: Sample) -> None:
        """Write what `sample` adds; samples come in the order of their frames."""
        ...

    def close(self) -> None:
        """Write what could only be known after the last sample."""
        ...
