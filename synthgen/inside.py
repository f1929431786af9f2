"""Names of files that a record holds: nothing outside of the record's own folder is meant."""

import os
import stat
from pathlib import Path


def located(folder: Path, name: object, called: str = "folder") -> Path:
    """Return the path of file `name` of `folder`.

    Args:
        folder: that the file must lie in, itself or below.
        name: as a record has it.
        called: what the folder is called in messages.

    Raises:
        ValueError: when the name leads out of the folder, also through a link, or to no file.
    """
    if not isinstance(name, str) or "\0" in name or not name:
        raise ValueError("is no file name")
    if os.path.isabs(name):
        raise ValueError(f"is an absolute path; expected one inside the {called}")
    if ".." in Path(name).parts:
        raise ValueError(f"leaves the {called}")
    home = os.path.realpath(folder)
    real = os.path.realpath(os.path.join(home, name))
    if os.path.commonpath([home, real]) != home:
        raise ValueError(f"leaves the {called} through a link")
    if not os.path.exists(real):
        raise ValueError("no such file")
    if not stat.S_ISREG(os.stat(real).st_mode):
        raise ValueError("is not a file")
    return Path(real)
