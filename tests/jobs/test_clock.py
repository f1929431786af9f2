"""Wall seconds and core seconds of a stage."""

import subprocess
import sys
import time

from synthgen.jobs.clock import Clock


def _work(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_sleeping_costs_no_core_but_the_clock_on_the_wall_goes_on():
    clock = Clock()
    with clock.stage("asleep"):
        time.sleep(0.2)
    assert clock.seconds["asleep"] >= 0.2
    assert clock.core["asleep"] < 0.1


def test_work_of_the_process_and_of_its_children_counts_as_core_seconds():
    clock = Clock()
    with clock.stage("own"):
        _work(0.2)
    busy = "import time\nwhile time.process_time() < 0.3: pass"
    with clock.stage("child"):
        subprocess.run([sys.executable, "-c", busy], check=True)
    assert 0.2 <= clock.core["own"] < 0.3
    assert clock.core["child"] >= 0.28


def test_a_stage_that_comes_again_adds_up():
    clock = Clock()
    for _ in range(2):
        with clock.stage("again"):
            _work(0.05)
    assert clock.core["again"] >= 0.1
