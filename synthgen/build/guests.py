"""Designs of the user's, read again where clips are built."""

from pathlib import Path

from synthgen.assets.imported.designs import Design, designs, digest
from synthgen.errors import UserError
from synthgen.spec.run import RunSpec


def guests(run: RunSpec) -> tuple[Design, ...]:
    """Return the designs of the user's that `run` names.

    Raises UserError when a file is not what it was when the run was asked for: what was made of
    the old one has the same identity.
    """
    if not run.assets:
        return ()
    try:
        found = designs(Path(run.assets_folder), run.assets)
    except ValueError as error:
        raise UserError(str(error)) from error
    if digest(found) != run.assets_digest:
        raise UserError(f"assets={run.assets_folder}: a file has changed since the run began")
    return found
