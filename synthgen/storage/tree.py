"""A whole folder in a store, e.g. an exported format: it is there when its receipt is."""

from pathlib import Path

from synthgen.errors import UserError
from synthgen.spec.plain_json import parsed
from synthgen.storage.remote import Remote, abort_uploads, read, remove, send, sizes, write


def put_tree(remote: Remote, name: str, folder: Path, receipt: str) -> int:
    """Send all files of `folder` to `name`, the file `receipt` last; return how many there are.

    Raises:
        UserError: when the store does not take a file, or `name` holds something that is made of
            another data set.
    """
    files = {p.relative_to(folder).as_posix(): p for p in folder.rglob("*") if p.is_file()}
    last = files.pop(receipt).read_bytes()
    there = read(remote, f"{name}/{receipt}")
    if there == last:
        return len(files) + 1
    if there is not None:
        _check_identity(remote, name, there, last)
    abort_uploads(remote, name)
    remove(remote, [f"{name}/{receipt}"])
    send(remote, name, dict(sorted(files.items())))
    found = sizes(remote, name)
    wrong = sorted(path for path, file in files.items() if found.get(path) != file.stat().st_size)
    if wrong:
        raise UserError(f"{remote.address}/{name}/{wrong[0]}: did not arrive in full size")
    write(remote, f"{name}/{receipt}", last)
    return len(files) + 1


def _check_identity(remote: Remote, name: str, there: bytes, ours: bytes) -> None:
    try:
        other = parsed(there)["identity"]
    except (ValueError, KeyError, TypeError):
        other = "none of synthgen"
    if other != (mine := parsed(ours)["identity"]):
        raise UserError(
            f"out={remote.address}: {name}/ is an export of another data set ({other}, this one "
            f"is {mine}); choose another out="
        )
