"""Compiled code is never older than the source it was made from."""

import os
import subprocess
import sys
from pathlib import Path

from synthgen.compiled import folder, source_key


def test_every_source_file_is_part_of_the_name(tmp_path):
    for name in ("a.py", "room/b.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one = 1\n")
    before = source_key(tmp_path)
    assert source_key(tmp_path) == before
    for name in ("a.py", "room/b.py"):
        (tmp_path / name).write_text("one = 2\n")
        after = source_key(tmp_path)
        assert after != before
        before = after
    (tmp_path / "a.py").rename(tmp_path / "c.py")
    assert source_key(tmp_path) != before


def test_a_home_that_cannot_be_written_gets_a_folder_for_one_run(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    place = folder(file)
    assert place.is_dir()
    assert os.access(place, os.W_OK)
    assert file not in place.parents
    place.rmdir()


def test_a_function_compiled_before_a_change_elsewhere_is_not_used_after_it(tmp_path):
    """The trap itself: numba's index looks only at the file of the outer function."""
    package = tmp_path / "pair"
    package.mkdir()
    (package / "outer.py").write_text(
        "import numba\nfrom inner import inner\n\n"
        "@numba.njit(cache=True)\ndef outer(x):\n    return inner(x)\n"
    )
    answers = []
    for factor in (2, 3):
        (package / "inner.py").write_text(
            f"import numba\n\n@numba.njit(cache=True)\ndef inner(x):\n    return {factor} * x\n"
        )
        code = (
            "import os, sys; from pathlib import Path; from synthgen.compiled import source_key\n"
            f"sys.path.insert(0, {str(package)!r})\n"
            f"key = source_key(Path({str(package)!r}))\n"
            f"os.environ['NUMBA_CACHE_DIR'] = str(Path({str(tmp_path)!r}) / key)\n"
            "from outer import outer; print(outer(10))"
        )
        run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
        assert run.returncode == 0, run.stderr
        answers.append(int(run.stdout))
    assert answers == [20, 30]


def test_the_command_line_names_the_folder_before_numba_is_loaded(tmp_path):
    code = (
        "import os, sys; from synthgen.__main__ import main\n"
        "main(['--cfg', 'job']); assert 'numba' not in sys.modules\n"
        "print(os.environ['NUMBA_CACHE_DIR'])"
    )
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=environment
    )
    assert run.returncode == 0, run.stderr
    assert Path(run.stdout.splitlines()[-1]).parent == tmp_path / "synthgen"
