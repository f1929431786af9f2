"""Drive: SUMO moves everyone, frames are chosen, motions are smoothed and cut to windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from jaxtyping import Float

from synthgen.articulation import coupling
from synthgen.geometry import Array
from synthgen.network import Network
from synthgen.road_user import RoadUser
from synthgen.traffic import crowd
from synthgen.traffic.acts.act import Cue
from synthgen.traffic.chooser import AFTER, Chooser
from synthgen.traffic.designs import make_types, type_name
from synthgen.traffic.director import Director
from synthgen.traffic.engine import STEP, simulation
from synthgen.traffic.escort import Escort
from synthgen.traffic.graph import road_graphs, walk_graph
from synthgen.traffic.netfile import read_net_file
from synthgen.traffic.plan import WALKERS, Agent, Drive, DrivePlan, vehicle_class
from synthgen.traffic.record import Recording, Run, runs
from synthgen.traffic.smooth import Smooth, vehicle_motion, walker_motion
from synthgen.traffic.stage import EGO, Stage
from synthgen.traffic.towing import articulated_motion

BEFORE = 2.0
"""[s] Window before a frame: sound travels. Flow looks `AFTER` ahead."""
SPAN = 0.06
"""[s] Everything there at a frame is there this long before and after."""
ATTEMPTS = 8
"""Ego routes that are tried before giving up."""
TAKES = 2
"""Drives of which the one with the most events is kept, where not all found a place."""
EVEN = 0.35
"""[s] The ego car's speed is smoothed over this: SUMO brakes and accelerates from one step to the
next, a driver's foot takes half a second."""
SETTLE = 8
"""Steps after a frame's window that its event goes on: smoothing sees nothing of its end."""
JAM = 8.0
"""[s] After which a queue is taken for a jam that does not dissolve by itself, between frames."""
CALLED = 250.0
"""[m] From which the ego car calls for green: also from the end of a queue."""
HELD = 3.0
"""[s] That green is kept from one call to the next."""
PATIENCE = 60.0
"""[s] The ego car may stand this long: a signal's whole cycle is 42 s."""


@dataclass(frozen=True, eq=False)
class Cast:
    """Who takes part in one attempt."""

    route: tuple[str, ...]
    vehicles: list[crowd.Order]
    walkers: list[crowd.Order]
    seed: int


def _cast(
    streets: crowd.Streets, users: Sequence[RoadUser], plan: DrivePlan, rng: np.random.Generator
) -> Cast:
    graph = streets.road["passenger"]
    route = crowd.ego_route(graph, plan, rng)
    seen = crowd.seen_part(route, graph, plan)
    vehicles = crowd.vehicle_orders(streets, users, plan, seen, rng)
    walkers = crowd.walker_orders(streets, users, plan, seen, rng)
    return Cast(route, vehicles, walkers, int(rng.integers(2**31)))


def _set_out(sim: Any, order: crowd.Order, factor: float) -> None:
    sim.route.add(order.name, order.route)
    sim.vehicle.add(
        order.name,
        order.name,
        type_name(order.user),
        departLane="free",
        departPos="random_free",
        departSpeed="max",
    )
    sim.vehicle.setSpeedFactor(order.name, factor)


def _start(
    sim: Any, users: Sequence[RoadUser], plan: DrivePlan, cast: Cast, rng: np.random.Generator
) -> None:
    """Put everyone on the streets; where exactly along the first edge is SUMO's draw."""
    used = {order.user for order in (*cast.vehicles, *cast.walkers)}
    staged = {event.user for event in plan.events if event.user >= 0}
    make_types(sim, users, used | staged | _named(plan), plan.grip)
    for signal in sim.trafficlight.getIDList():
        if not plan.signals or signal in plan.dark:
            sim.trafficlight.setProgram(signal, "off")
    for order in (crowd.Order("ego", plan.ego, cast.route), *cast.vehicles):
        factor = float(np.clip(rng.normal(1.0, 0.1), 0.75, 1.25))
        _set_out(sim, order, 1.0 if order.name == "ego" else factor)
    for order in cast.walkers:
        length = sim.lane.getLength(f"{order.route[0]}_0")
        place = float(rng.uniform(0, length))
        sim.person.add(order.name, order.route[0], place, typeID=type_name(order.user))
        end = sim.lane.getLength(f"{order.route[-1]}_0") * float(rng.uniform(0.2, 0.8))
        sim.person.appendWalkingStage(order.name, order.route, end)


def _call_green(sim: Any) -> None:
    """Let the ego car have green at its next signal, as a detector would, and keep it.

    Yellow is never cut short. Called once a second, between frames only, where nobody looks.
    """
    light = sim.trafficlight
    for signal, link, distance, state in sim.vehicle.getNextTLS(EGO)[:1]:
        phase, spent = light.getRedYellowGreenState(signal), light.getSpentDuration(signal)
        if distance > CALLED or set(phase) & {"y", "Y"}:
            continue
        program = light.getProgram(signal)
        phases = next(one.phases for one in light.getAllProgramLogics(signal)
                      if one.programID == program)  # fmt: skip
        best = max(range(len(phases)), key=lambda number: "gG".find(phases[number].state[link]))
        if "gG".find(state) >= "gG".find(phases[best].state[link]):
            light.setPhaseDuration(signal, HELD)
        elif spent <= 1:
            light.setPhase(signal, best)
        elif spent > 2:
            light.setPhaseDuration(signal, 0.0)


def _record(
    stage: Stage, escort: Escort, director: Director, rng: np.random.Generator
) -> Recording | None:
    """Return the log of a whole drive, or None when the ego car got lost or stuck."""
    sim, plan = stage.sim, stage.plan
    recording, chooser = Recording(), Chooser(plan, rng)
    settled = round((plan.warm_up - BEFORE - 0.4) / STEP)
    calm = round((AFTER + STEP) / STEP)
    step, end = 0, -1
    while end < 0 or step < end:
        sim.simulationStep()
        step += 1
        here = EGO in sim.vehicle.getIDList()
        if not (chooser.waiting or (director.idle and chooser.over)):
            recording.observe(sim, step)
        if step % 10 == 0 and here and (chooser.waiting or director.idle):
            _call_green(sim)
            if chooser.stood > JAM:
                stage.make_way()
        if not here and step < 20 and end < 0:
            continue
        if not here or chooser.stood > PATIENCE:
            return None
        escort.keep(round(step * STEP, 6))
        if end < 0 and _is_frame(chooser, (director, escort), recording, step):
            end = step + 10 if len(recording.frames) >= (plan.looks or plan.frames) else -1
        elif end >= 0:
            director.follow(round(step * STEP, 6))
        since = step - recording.frames[-1] if recording.frames else step - settled + calm
        unseen = plan.gap > BEFORE + AFTER + 2 * STEP or not recording.frames
        if since >= calm and unseen and director.act is None:
            escort.refresh()
        if since == calm + SETTLE and not plan.sequence:
            director.rest()
    return recording


def _is_frame(
    chooser: Chooser, cast: tuple[Director, Escort], recording: Recording, step: int
) -> bool:
    """Return whether `step` is a frame, and note it: with its event, when it has one."""
    director, escort = cast
    time, plan = round(step * STEP, 6), chooser.plan
    chooser.note(time, director.stage.sim.vehicle.getPosition(EGO))
    idle = director.idle
    cue = director.step(time, len(recording.frames), chooser.due(time))
    if idle and cue is Cue.FREE:
        chooser.settle()
    if cue is Cue.FREE and chooser.due(time) and not (_goes_on(recording, plan) or escort.ready()):
        return False
    if not chooser.take(time, cue):
        return False
    escort.held = 0.0
    stride = round(plan.gap / STEP)
    if cue is Cue.NOW and plan.sequence:
        back = range(director.lead, -1, -1)
        recording.frames.extend(step - stride * one for one in back)
    else:
        recording.frames.append(step)
    return True


def _goes_on(recording: Recording, plan: DrivePlan) -> bool:
    """Return whether the next frame's time is fixed by the last."""
    return plan.sequence and bool(recording.frames)


def windows_of(frames: Sequence[float]) -> list[tuple[float, float]]:
    """Return the times [s] to keep: 2 s before to 0.5 s after each frame, merged."""
    merged: list[tuple[float, float]] = []
    for frame in frames:
        start, end = round(max(frame - BEFORE, STEP), 6), round(frame + AFTER, 6)
        if merged and start <= merged[-1][1] + STEP / 2:
            start = merged.pop()[0]
        merged.append((start, end))
    return merged


def _presence(
    time: Float[Array, "k"], windows: Sequence[tuple[float, float]], frames: Sequence[float]
) -> list[tuple[int, int]]:
    """Return the parts (first, last sample) of `time` that lie in a window and show at a frame."""
    start, end = np.array(windows).T
    lows = np.searchsorted(time, start - 1e-6).tolist()
    highs = (np.searchsorted(time, end + 1e-6) - 1).tolist()
    return [
        (low, high)
        for low, high in zip(lows, highs, strict=True)
        if high > low
        and any(time[low] <= frame - SPAN and frame + SPAN <= time[high] for frame in frames)
    ]


def _agent(
    name: str,
    index: int,
    user: RoadUser,
    own: Sequence[Run],
    moments: tuple[Sequence[tuple[float, float]], Sequence[float]],
) -> Agent | None:
    """Return what of the runs, smoothed, lies in the windows, None when no frame shows it.

    A window in which it does not roll (see `Smooth`) goes without it.
    """
    columns: list[tuple[Array, ...]] = []
    windows: list[tuple[float, float]] = []
    parts = [_presence(run.time, *moments) for run in own]
    last = max((number for number, shown in enumerate(parts) if shown), default=-1)
    way = 0.0
    for run, shown in zip(own[: last + 1], parts, strict=False):
        motion, time = _smooth(run, user), run.time
        for low, high in shown:
            cut = slice(low, high + 1)
            if not motion.rolls[cut].all():
                continue
            place = np.pad(motion.position[cut], ((0, 0), (0, 1)))
            gait = motion.gait[cut] + way
            trail = motion.yaw if motion.trail is None else motion.trail
            row = (time[cut], place, motion.yaw[cut], motion.speed[cut])
            columns.append((*row, run.signals[cut], gait, trail[cut]))
            windows.append((float(time[low]), float(time[high])))
        way += float(motion.gait[-1])
    if not columns:
        return None
    time, position, yaw, speed, signals, gait, trail = (
        np.concatenate(parts) for parts in zip(*columns, strict=True)
    )
    return Agent(
        name, user.kind, index, time, position, yaw, speed, signals, gait, tuple(windows),
        trail if coupling(user) else None,
    )  # fmt: skip


def _smooth(run: Run, user: RoadUser) -> Smooth:
    if user.kind in WALKERS:
        return walker_motion(run)
    joint = coupling(user)
    if joint is not None:
        return articulated_motion(run, joint)
    if user.kind == "ego":
        # At the ends of small maps it turns round on the spot: without it there is no drive there.
        return vehicle_motion(run, user.length, EVEN, locked=False)
    return vehicle_motion(run, user.length)


def _lights(recording: Recording, time: Float[Array, "k"]) -> Mapping[str, Any]:
    rows = np.searchsorted(recording.steps, np.rint(time / STEP).astype(int))
    return {
        name: (time, tuple(states[row] for row in rows))
        for name, states in sorted(recording.lights.items())
    }


def _drive(recording: Recording, director: Director, who: Mapping[str, int]) -> Drive | None:
    """Return the drive, or None when the ego car does not roll in one of its windows."""
    users = director.stage.users
    frames = tuple(float(round(step * STEP, 6)) for step in recording.frames)
    windows = windows_of(frames)
    agents: list[Agent | None] = [*director.extras(frames, windows)]
    for name, own in runs(recording).items():
        if name in director.stage.scenery:
            continue
        user = who[name]
        long = [run for run in own if len(run.step) > 1]
        agents.append(_agent(name, user, users[user], long, (windows, frames)))
    shown = tuple(agent for agent in agents if agent is not None)
    steps = [np.arange(round(a / STEP), round(b / STEP) + 1) for a, b in windows]
    time = np.round(np.concatenate(steps) * STEP, 6)
    names = [agent.name for agent in shown]
    ego = names.index("ego") if "ego" in names else -1
    if ego < 0 or len(shown[ego].windows) < len(windows):
        return None
    return Drive(
        time, frames, ego, shown, _lights(recording, time), director.happenings(len(frames))
    )


def _staged(driven: Drive) -> int:
    """Return how many events came to their moment."""
    return sum(one.frame >= 0 for one in driven.happenings)


def _named(plan: DrivePlan) -> set[int]:
    """Return the designs of the ego car and of its companions."""
    return {plan.ego, *(post.user for post in plan.companions)}


def _check(users: Sequence[RoadUser], plan: DrivePlan) -> None:
    for index in sorted(_named(plan)):
        if not 0 <= index < len(users):
            raise ValueError(f"the pool has {len(users)} designs, there is no number {index}")
    if any(users[post.user].kind in WALKERS for post in plan.companions):
        raise ValueError("companions must be vehicles")


def drive(
    net_file: Path,
    network: Network,
    users: Sequence[RoadUser],
    plan: DrivePlan,
    rng: np.random.Generator,
) -> Drive:
    """Return a drive of the ego car through the traffic of the streets in `net_file`.

    Args:
        net_file: SUMO network.
        network: the same, named in errors.
        users: the pool of designs.
        plan: what to simulate.
        rng: draws routes, places and SUMO's seed.

    Raises:
        ValueError: the streets allow no such drive.
    """
    _check(users, plan)
    source = read_net_file(net_file)
    classes = sorted({vehicle_class(user) for user in users} | {"passenger"})
    roads = road_graphs(source, (name for name in classes if name != "pedestrian"))
    if "passenger" not in roads:
        raise ValueError(f"{network.name}: no street that cars may drive on")
    for user in (users[post.user] for post in plan.companions):
        if vehicle_class(user) not in roads:
            raise ValueError(f"{network.name}: a {user.kind} may not drive here")
    streets = crowd.Streets(roads, walk_graph(source))
    best: Drive | None = None
    for attempt in range(ATTEMPTS):
        cast = _cast(streets, users, plan, rng)
        with simulation(net_file, cast.seed) as sim:
            _start(sim, users, plan, cast, rng)
            stage = Stage(sim, users, plan, streets, cast.route, rng)
            director = Director(stage)
            recording = _record(stage, Escort(stage), director, rng)
        if recording is None:
            continue
        who = {order.name: order.user for order in (*cast.vehicles, *cast.walkers)}
        driven = _drive(recording, director, {**who, **stage.cast, EGO: plan.ego})
        if driven is None:
            continue
        best = driven if best is None or _staged(driven) > _staged(best) else best
        if director.missed == 0 or attempt >= TAKES - 1:
            return best
    if best is not None:
        return best
    raise ValueError(f"{network.name}: no way for {plan.frames} frames in {ATTEMPTS} attempts")
