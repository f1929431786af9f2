"""Two jobs given the same shard: one makes it, and neither deletes the other's."""

import errno
import json
import os
import subprocess
import sys
import textwrap
import time
from dataclasses import replace
from pathlib import Path

import pytest

from synthgen.jobs import claims
from synthgen.jobs.claims import (
    EXPIRY,
    LOOKS,
    Watch,
    claimed,
    held,
    holder,
    release_dead,
    silent,
)
from synthgen.jobs.owner import Owner, ended, myself

RACER = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from synthgen.jobs.claims import claimed
    out, made = Path(sys.argv[1]), Path(sys.argv[2])
    left = set(range(40))
    while left:
        for shard in sorted(left):
            with claimed(out, shard) as mine:
                if mine and not (made / f"{shard}").exists():
                    with (made / "log").open("a") as log:
                        log.write(f"{shard}\\n")
                    (made / f"{shard}").touch()
            if (made / f"{shard}").exists():
                left.discard(shard)
""")


@pytest.fixture
def out(tmp_path):
    (tmp_path / "making").mkdir()
    return tmp_path


def write(out, shard, owner, number=0):
    path = out / "making" / f"claim-{shard:06d}.{number}"
    path.write_text(json.dumps(owner.plain()))
    return path


def elsewhere():
    return replace(myself(), host="far", boot="another")


def names(out):
    return sorted(path.name for path in (out / "making").iterdir())


def test_a_shard_that_is_held_is_not_held_again_and_is_free_afterwards(out):
    with claimed(out, 3) as mine:
        assert mine
        assert held(out) == {3: myself()}
        with claimed(out, 3) as other:
            assert not other
        assert held(out) == {3: myself()}
        with claimed(out, 4) as next_one:
            assert next_one
    assert names(out) == []
    assert held(out) == {}


def test_an_error_inside_frees_the_shard(out):
    with pytest.raises(ValueError, match="inside"), claimed(out, 3):
        raise ValueError("inside")
    assert names(out) == []


def test_a_claim_that_cannot_be_removed_is_no_error_and_still_holds(out, monkeypatch):
    def read_only(self, missing_ok=False):
        raise OSError(errno.EROFS, "read-only file system", str(self))

    with monkeypatch.context() as turned, claimed(out, 3) as mine:
        assert mine
        turned.setattr(Path, "unlink", read_only)
    assert names(out) == ["claim-000003.0"]
    assert holder(out, 3) == myself()


def test_processes_that_race_make_every_shard_once(out):
    dead = replace(myself(), start=1)
    for shard in range(0, 40, 2):
        write(out, shard, dead)  # every other one was left by a process that died
    made = out / "made"
    made.mkdir()
    racers = [
        subprocess.Popen([sys.executable, "-c", RACER, str(out), str(made)]) for _ in range(4)
    ]
    assert [racer.wait(timeout=120) for racer in racers] == [0] * 4
    assert sorted(int(n) for n in (made / "log").read_text().split()) == list(range(40))
    assert names(out) == []


def test_a_dead_process_of_this_host_loses_its_claim_at_once(out):
    write(out, 0, replace(myself(), process=2**22 - 3))
    assert holder(out, 0) is None
    with claimed(out, 0) as mine:
        assert mine
        assert names(out) == ["claim-000000.1"]


def test_a_process_number_that_is_used_again_is_another_process(out):
    write(out, 0, replace(myself(), start=myself().start - 1))
    with claimed(out, 0) as mine:
        assert mine


def test_a_killed_process_that_nobody_has_asked_for_is_dead():
    child = subprocess.Popen(["sleep", "60"])
    stat = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
    owner = replace(myself(), process=child.pid, start=int(stat[19]))
    assert not ended(owner)
    child.kill()
    time.sleep(0.2)  # a zombie now: its number is still there
    assert os.path.exists(f"/proc/{child.pid}")
    assert ended(owner)
    child.wait()


@pytest.mark.parametrize("change", [{"boot": "another"}, {"room": "pid:[1]"}])
def test_of_another_host_or_container_the_number_tells_nothing(out, change):
    write(out, 0, replace(myself(), process=2**22 - 3, **change))
    with claimed(out, 0) as mine:
        assert not mine
    assert not ended(replace(myself(), process=2**22 - 3, **change))
    assert names(out) == ["claim-000000.0"]


def test_a_claim_with_nothing_in_it_is_somebodys(out):
    (out / "making" / "claim-000005.0").touch()
    with claimed(out, 5) as mine:
        assert not mine
    assert holder(out, 5) == Owner("", "", "", 0, 0)


class Steady:
    """A clock that is moved by hand."""

    now = 1000.0

    def __call__(self):
        return self.now


def watched(out, age, waits, moves=False):
    """Return whether a claim elsewhere whose time is `age` s old is dead after `waits` s."""
    path, steady = write(out, 0, elsewhere()), Steady()
    stamp = time.time() - age
    os.utime(path, (stamp, stamp))
    watch = Watch(steady)
    assert not watch(path, elsewhere())
    steady.now += waits
    if moves:
        os.utime(path, (stamp + 1, stamp + 1))
    return watch(path, elsewhere())


@pytest.mark.parametrize(
    ("age", "waits", "dead"),
    [
        (0, LOOKS + 1, False),  # young, and stands still as it may between two beats
        (EXPIRY + 9, LOOKS - 1, False),  # old, but not watched for long enough
        (EXPIRY + 9, LOOKS + 1, True),
        (-1e6, LOOKS + 1, False),  # in the future: a clock has jumped back
        (-1e6, EXPIRY + 1, True),
        (0, EXPIRY + 1, True),
    ],
)
def test_a_claim_elsewhere_is_dead_when_it_stands_still(out, age, waits, dead):
    assert watched(out, age, waits) is dead


@pytest.mark.parametrize("age", [-1e6, 0, EXPIRY + 9, 1e9])
def test_a_claim_that_moves_lives_however_the_clocks_jump(out, age):
    assert not watched(out, age, 1e6, moves=True)


@pytest.mark.parametrize("jump", [-1e9, 1e9])
def test_a_file_systems_clock_that_jumps_between_two_looks_costs_no_claim(out, monkeypatch, jump):
    """The server's clock is set anew: signs of life go on by the new one."""
    path, steady = write(out, 0, elsewhere()), Steady()
    watch = Watch(steady)
    assert not watch(path, elsewhere())
    now = time.time() + jump
    monkeypatch.setattr(claims, "_present", lambda folder: int(now * 1e9))
    steady.now += LOOKS - 1  # the last sign was by the old clock
    assert not watch(path, elsewhere())
    for beat in range(20):
        os.utime(path, (now + 10 * beat, now + 10 * beat))
        steady.now += LOOKS - 1
        assert not watch(path, elsewhere())
    steady.now += EXPIRY + 1
    assert watch(path, elsewhere())


def test_our_own_wall_clock_is_never_asked(out, monkeypatch):
    monkeypatch.setattr(time, "time", lambda: 0.0)
    path, steady = write(out, 0, elsewhere()), Steady()
    watch = Watch(steady)
    watch(path, elsewhere())
    steady.now += LOOKS + 1
    assert not watch(path, elsewhere())
    assert names(out) == ["claim-000000.0"]  # and the file that showed the time is gone


@pytest.mark.parametrize(("age", "dead"), [(EXPIRY - 30, False), (EXPIRY + 30, True)])
def test_one_look_tells_an_owner_elsewhere_by_its_last_sign(out, age, dead):
    claim = write(out, 5, elsewhere())
    stamp = claim.stat().st_mtime - age
    os.utime(claim, (stamp, stamp))
    assert (held(out, silent) == {}) == dead
    assert names(out) == [claim.name], "looking leaves nothing behind"


def test_one_look_at_a_folder_that_cannot_be_written_takes_owners_elsewhere_for_living(
    out, monkeypatch
):
    claim = write(out, 5, elsewhere())
    os.utime(claim, (0, 0))

    def refuse(folder):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(claims, "_present", refuse)
    assert set(held(out, silent)) == {5}
    write(out, 6, replace(myself(), start=1))
    assert set(held(out, silent)) == {5}


def test_a_dead_claim_elsewhere_is_taken_away_and_a_living_one_is_not(out):
    write(out, 0, elsewhere())
    assert not release_dead(out, 0, lambda path, owner: False)
    assert names(out) == ["claim-000000.0"]
    assert release_dead(out, 0, lambda path, owner: True)
    assert names(out) == []


def test_who_finds_another_below_steps_back(out):
    """Between our look and our claim the dead one was replaced by a living one of its name."""
    write(out, 0, replace(myself(), start=1))

    def dead(path, owner):
        path.unlink()
        write(out, 0, elsewhere())
        return True

    assert not release_dead(out, 0, dead)
    assert names(out) == ["claim-000000.0"]
    assert holder(out, 0) == elsewhere()


def test_who_finds_another_above_steps_back(out):
    def dead(path, owner):
        write(out, 0, elsewhere(), number=2)
        return True

    write(out, 0, replace(myself(), start=1))
    assert not release_dead(out, 0, dead)
    assert names(out) == ["claim-000000.0", "claim-000000.2"]


def test_an_owner_gives_signs_of_life(out, monkeypatch):
    monkeypatch.setattr(claims, "BEAT", 0.01)
    with claimed(out, 0):
        path = out / "making" / "claim-000000.0"
        os.utime(path, (0, 0))
        deadline = time.monotonic() + 10
        while path.stat().st_mtime == 0 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert path.stat().st_mtime > 0
