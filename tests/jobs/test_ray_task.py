"""What a node of Ray must see, and the desk where workers report, without Ray."""

import os
import shutil
from dataclasses import replace

from synthgen.jobs.owner import myself
from synthgen.jobs.ray_task import Desk, site, unfit


def seen(tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "run.json").write_text('{"identity": "a"}\n')
    return out, site(out)


def test_a_node_that_sees_the_very_run_is_fit(tmp_path):
    _, wanted = seen(tmp_path)
    assert unfit(wanted) == ""


def test_a_node_without_the_folder_is_told_in_one_line(tmp_path):
    out, wanted = seen(tmp_path)
    shutil.rmtree(out)
    told = unfit(wanted)
    assert told.startswith(f"out={out}: node ")
    assert told.endswith("does not see it (No such file or directory); expected a folder that all "
                         "nodes of the cluster share")  # fmt: skip


def test_a_copy_of_the_run_on_another_disk_is_not_the_run(tmp_path):
    out, wanted = seen(tmp_path)
    now = (out / "run.json").stat().st_mtime
    os.utime(out / "run.json", (now, now + 5))
    assert "sees another run.json there" in unfit(wanted)
    os.utime(out / "run.json", (now, now))
    (out / "run.json").write_text('{"identity": "b"}\n')
    os.utime(out / "run.json", (now, now))
    assert "sees another run.json there" in unfit(wanted)


def test_other_sources_are_not_fit(tmp_path):
    _, wanted = seen(tmp_path)
    assert "another version of synthgen" in unfit(replace(wanted, sources="0"))


def test_the_desk_knows_who_is_at_work_and_begins_nothing_after_a_halt():
    desk = Desk()
    assert desk.begin(3, myself())
    assert desk.begin(4, myself())
    desk.tell(3, 30)
    desk.tell(4, 40)
    assert desk.news() == [(3, 30), (4, 40)]
    assert desk.news() == []
    desk.end(4)
    assert (desk.worker(3), desk.worker(4)) == (myself(), None)
    assert not desk.halted()
    assert desk.halt() == [3]
    assert desk.halted()
    assert not desk.begin(5, myself())
