import numpy as np

from synthgen.build.tracks import Gusts, agent_track
from synthgen.materials import Material
from synthgen.mesh import mesh
from synthgen.traffic.plan import Agent
from synthgen.world import Body

CALM = Gusts(np.zeros(2), 0.0)
THING = Body("one", "car", "", mesh(np.eye(3), [[0, 1, 2]], Material("grey", (0.5,) * 3), "car"))


def agent(yaw):
    time = np.arange(len(yaw)) * 0.1
    position = np.stack([time * 5, 0 * time, 0 * time], 1)
    return Agent("vehicle/1", "car", 0, time, position, np.asarray(yaw, float), 0 * time + 5,
                 np.zeros(len(yaw), int), time * 5, ((0.0, float(time[-1])),))  # fmt: skip


def test_a_full_turn_of_yaw_is_blended_the_short_way():
    one = agent(np.linspace(2.9, 3.5, 7))
    track = agent_track(one, THING, np.zeros(7), np.zeros((7, 0)), np.inf, CALM)
    assert ((track.quaternion[1:] * track.quaternion[:-1]).sum(axis=1) > 0.99).all()
    assert abs(track.yaw_rate_at(0.3) - 1.0) < 1e-3


def test_phase_is_way_over_cycle():
    track = agent_track(agent(np.zeros(5)), THING, np.full(5, 0.12), np.zeros((5, 0)), 2.0, CALM)
    assert abs(track.phase_at(0.4) - 1.0) < 1e-12
    assert track.world_from_body(0.2)[2, 3] == 0.12
