import importlib.util
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[1]
HASH = "--hash=sha256:" + "0" * 64


@pytest.fixture(scope="module")
def locks():
    spec = importlib.util.spec_from_file_location("audit_locks", TOP / "scripts/audit_locks.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["audit_locks"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", sorted(TOP.glob("requirements*.lock")), ids=lambda path: path.name)
def test_every_package_of_every_lock_is_pinned_with_a_hash(path, locks):
    lock = locks.read(path)
    assert lock.packages == path.read_text().count("==") > 0
    assert lock.loose == ()


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        (f"a==1 \\\n    {HASH}\n# b\nb[x]==2 ; python_version > '3' \\\n    {HASH}\n", ()),
        (f"a==1\nb==2 \\\n    {HASH}\n", ("a==1",)),
        (f"a>=1 \\\n    {HASH}\n", ("a>=1",)),
        (f"a==1 \\\n    {HASH[:-1]}\n", ("a==1",)),
        ("a @ https://x/a.whl\n", ("a",)),
    ],
)
def test_what_is_loose_is_named(text, loose, locks, tmp_path):
    (tmp_path / "a.lock").write_text(text)
    assert locks.read(tmp_path / "a.lock").loose == loose


def told(*packages):
    return {"dependencies": list(packages)}


SOUND = {"name": "a", "version": "1", "vulns": []}
FAULTY = {"name": "b", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3"]}]}
SKIPPED = {"name": "c", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("answer", "code", "line"),
    [
        (told(SOUND, SKIPPED), 0, "1 packages scanned, 1 unknown to PyPI, 0 known faults"),
        (told(SOUND, FAULTY), 1, "  b 2: PYSEC-1, mended in 3"),
        (told(SKIPPED), 0, "known faults: not scanned, the data cannot be had from here"),
        (None, 0, "known faults: not scanned, the data cannot be had from here"),
    ],
)
def test_faults_fail_and_silence_is_told(answer, code, line, locks, tmp_path, capsys):
    path = tmp_path / "a.lock"
    path.write_text(f"a==1 \\\n    {HASH}\n")
    assert locks.audit([path], lambda _: answer and locks.found(answer)) == code
    assert line in capsys.readouterr().out


def test_a_package_without_hash_fails(locks, tmp_path):
    path = tmp_path / "a.lock"
    path.write_text("a==1\n")
    assert locks.audit([path], lambda _: locks.found(told(SOUND))) == 1
