"""Where compiled code is kept from run to run.

numba's own cache asks only whether the file of a function has changed. What the function had
inlined from other modules may be older than they are, and after an update in place their new code
would run in one function and their old code in another. A folder that the whole source names
cannot be out of date.
"""

import atexit
import os
import shutil
import tempfile
from hashlib import blake2b
from importlib.metadata import version
from pathlib import Path

ENGINES = ("llvmlite", "numba", "numpy")
"""Packages whose version compiled code depends on."""


def folder(home: Path | None = None) -> Path:
    """Return the folder of this version's compiled code, made if need be.

    It lies in `home`, by default the user's cache folder. Where that cannot be written a new
    folder is used that is removed when the process ends.
    """
    key = source_key(Path(__file__).parent)
    try:
        place = (home or user_cache()) / key
        place.mkdir(parents=True, exist_ok=True)
        if os.access(place, os.W_OK | os.X_OK):
            return place
    except (OSError, RuntimeError):
        pass  # no home, or one that is read-only: the code is compiled anew
    place = Path(tempfile.mkdtemp(prefix="synthgen-compiled-"))
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    return place


def source_key(package: Path) -> str:
    """Return a name for the Python sources below `package` and the compilers' versions."""
    digest = blake2b(digest_size=8)
    for name in ENGINES:
        digest.update(f"{name} {version(name)}\n".encode())
    for path in sorted(package.rglob("*.py")):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(package).as_posix()} {len(content)}\n".encode())
        digest.update(content)
    return digest.hexdigest()


def user_cache() -> Path:
    """Return the user's cache folder. Source: XDG Base Directory Specification 0.8, section 3."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(named) if named.startswith("/") else Path.home() / ".cache") / "synthgen"
