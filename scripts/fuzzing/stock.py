"""A small data set of ours and its audit, for cases that spoil them."""

from pathlib import Path

from fuzzing.seeds import TOP, loaded
from synthgen.__main__ import main


def make(folder: Path) -> Path:
    """Write `data` and `audit` into `folder`, and return it."""
    (folder / "data").mkdir(parents=True)
    loaded(TOP / "tests/toy_data.py").write_dataset(folder / "data")
    code = main(["task=audit", f"data={folder / 'data'}", f"out={folder / 'audit'}", "workers=1"])
    if code:
        raise ValueError(f"task=audit of the stock ended with {code}")
    return folder
