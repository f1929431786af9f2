"""Everything that comes back of the pulses of a sweep: surfaces, mirrors, air, stray light."""

import numba
import numpy as np
from jaxtyping import Float, Int

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.lidar_model import LidarModel
from synthgen.rays import Rays
from synthgen.sample import CAUSES
from synthgen.scene import Moment
from synthgen.sensors.clouds import cloud, got_through
from synthgen.sensors.clutter import FAINT, Clutter, rain, snow
from synthgen.sensors.echo import echo
from synthgen.sensors.fired import Fired, ego_of
from synthgen.sensors.footprint import Parts
from synthgen.sensors.mirrors import mirrored
from synthgen.sensors.mist import fog
from synthgen.sensors.returns import Echoes, echoes
from synthgen.sensors.snow import laid_on
from synthgen.sensors.surface import Surfaces

CAUSE = {name: number for number, name in enumerate(CAUSES)}


def received(
    model: LidarModel,
    moment: Moment,
    fired: Fired,
    air: Atmosphere,
    rng: np.random.Generator,
) -> list[Echoes]:
    """Return all echoes of the pulses `fired` that may be heard.

    Of surfaces: reflectance x spread of the pulse x inverse square x exp(-2 extinction distance),
    with a gamma speckle of shape 3, the same for all parts of a pulse; of what hangs and falls in
    the air as its modules say.
    """
    rays, hits = fired.cast.rays, fired.hits
    plain, mirror = first_echoes(model, moment, fired)
    late = rays.time - moment.time
    speckle = -np.log(rng.random((3, len(rays))).prod(axis=0)) / 3
    plain *= fired.keep * _left(air, rays, fired.distance, late)
    met = np.arange(len(rays)), fired.surface, hits.body
    found = [_of_surfaces(model, plain, fired.distance, met, speckle)]
    for parts in (fired.edges, fired.behind):
        found.append(_parts(model, moment, (parts, fired.tracer), (air, rays), speckle))
    least = worth_following(model, found, speckle)
    off = mirrored(model, fired.tracer, moment, fired.cast, (hits, fired.surface, mirror), least)
    ghosts = _parts(model, moment, (off, fired.tracer), (air, rays), speckle)
    found.append(echoes(ghosts.shot, ghosts.distance, ghosts.strength, CAUSE["ghost"]))
    found += in_the_air(model, air, rays, (fired.distance, late), rng)
    found.append(bloomed(model, rays, plain, fired.distance))
    return [*found, *taken(model, len(rays), rng)]


def worth_following(
    model: LidarModel, found: list[Echoes], speckle: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return how strong a ghost must be, without its speckle, to be told.

    It must be heard, and where only the strongest return is told be stronger than all that was
    `found` in the window and is heard for sure.
    """
    least = np.full(len(speckle), model.level)
    if set(model.returns) == {"strongest"}:
        for some in found:
            within = (some.distance >= model.nearest) & (some.distance <= model.farthest)
            told = np.flatnonzero(within & (some.strength > _SURE * model.level))
            shot = some.shot[told]
            np.maximum.at(least, shot, some.strength[told] / speckle[shot])
    return least


_SURE = 3.0
"""Times the threshold at which noise hides no echo: 7 of its standard deviations above it."""


def first_echoes(
    model: LidarModel, moment: Moment, fired: Fired
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return strengths of what the rays of a sweep meet first, and the share they mirror.

    Nothing comes back from the car itself and from nearer than the sensor reports; air is none.
    """
    rays, hits = fired.cast.rays, fired.hits
    surface = fired.surface
    lain = laid_on(surface, moment, rays, hits, fired.tracer, model.wavelength)
    strength, mirror = echo(model, surface, rays.direction, fired.distance, lain)
    own = hits.body == ego_of(moment)
    strength[own | (fired.distance < model.nearest)] = 0.0
    mirror[own] = 0.0
    return strength, mirror


def part_strengths(
    model: LidarModel, moment: Moment, parts: Parts, tracer: Tracer
) -> tuple[Float[Array, "n"], Float[Array, "n"]]:
    """Return strengths and distances [m] of echoes of `parts` of pulses."""
    total = parts.before + np.where(parts.hits.hit, parts.hits.distance, np.inf)
    lain = laid_on(parts.surface, moment, parts.rays, parts.hits, tracer, model.wavelength)
    strength, _ = echo(model, parts.surface, parts.rays.direction, total, lain)
    strength *= parts.weight
    strength[(parts.hits.body == ego_of(moment)) | (total < model.nearest)] = 0.0
    return strength, total


def _parts(
    model: LidarModel,
    moment: Moment,
    parts: tuple[Parts, Tracer],
    way: tuple[Atmosphere, Rays],
    speckle: Float[Array, "k"],
) -> Echoes:
    """Return the echoes of `parts` of pulses that go `way`: through which air, along which rays."""
    some, tracer = parts
    strength, total = part_strengths(model, moment, some, tracer)
    air, rays = way
    if not air.clouds.clear:
        rays = rays.select(some.shot)
    strength *= _left(air, rays, total, rays.time - moment.time)
    return _of_surfaces(model, strength, total, (some.shot, some.surface, some.hits.body), speckle)


def _left(
    air: Atmosphere, rays: Rays, distance: Float[Array, "n"], late: Float[Array, "n"]
) -> Float[Array, "n"]:
    """Return what is left of a pulse after its way to `distance` [m] and back."""
    near = np.where(np.isfinite(distance), distance, 1.0)
    through = got_through(air.clouds, rays, near, late)
    return np.exp(-2 * air.lidar_extinction * near) * through**2


def _of_surfaces(
    model: LidarModel,
    strength: Float[Array, "n"],
    distance: Float[Array, "n"],
    met: tuple[Int[Array, "n"], Surfaces, Int[Array, "n"]],
    speckle: Float[Array, "k"],
) -> Echoes:
    """Return echoes of surfaces, with the speckle of their shot."""
    shot, surface, body = met
    heard = np.flatnonzero(strength > _FAINTEST * model.level)
    return echoes(
        shot[heard], distance[heard], strength[heard] * speckle[shot[heard]], CAUSE["surface"],
        (surface.semantic[heard], body[heard]),
    )  # fmt: skip


_FAINTEST = 0.05
"""Of the threshold: fainter echoes of surfaces are left out, also of parts of a footprint."""


def in_the_air(
    model: LidarModel,
    air: Atmosphere,
    rays: Rays,
    free: tuple[Float[Array, "n"], Float[Array, "n"]],
    rng: np.random.Generator,
) -> list[Echoes]:
    """Return what comes back from the air before `free` distances [m], with delays [s]."""
    found = [
        _clutter(one(model, air, free[0], rng), CAUSE[name])
        for one, name in ((fog, "fog"), (rain, "rain"), (snow, "snow"))
    ]
    if not air.clouds.clear:
        hung, kind = cloud(model, air, rays, free, rng)
        known = np.array([CAUSE[name] for name in air.clouds.names])
        found.append(_clutter(hung, known[kind]))
    return found


def _clutter(found: Clutter, cause: Array | int) -> Echoes:
    shot = np.flatnonzero(found.strength)
    why = cause[shot] if isinstance(cause, np.ndarray) else cause
    return echoes(shot, found.distance[shot], found.strength[shot], why)


def bloomed(
    model: LidarModel, rays: Rays, strength: Float[Array, "n"], distance: Float[Array, "n"]
) -> Echoes:
    """Return what the receiver's optics scatter of strong echoes onto the beams beside.

    A ghost of a retroreflector stands around it, at its distance: `bloom` of it one degree
    away, falling with the square of the angle, as the skirts of a lens's point spread do.
    """
    shape = model.beams, model.columns_per_sweep
    halo, place = np.zeros(len(strength)), np.zeros(len(strength))
    least = FAINT * model.level
    near = abs(model.turning) / model.frequency
    if model.bloom > 0:
        share = model.bloom * np.deg2rad(1.0) ** 2
        strong = np.flatnonzero(strength * share > least * near**2)
        _halo((halo, place), strong, (strength, distance, rays.direction), shape,
              (share, least, near))  # fmt: skip
    shot = np.flatnonzero(halo)
    return echoes(shot, place[shot], halo[shot], CAUSE["bloom"])


@numba.njit(cache=True)
def _halo(out, strong, sent, shape, optics):  # type: ignore[no-untyped-def]
    """Keep the strongest that is scattered onto each beam, from `strong` ones beside it."""
    halo, place = out
    strength, distance, direction = sent
    rings, columns = shape
    share, least, near = optics
    for n in strong:
        reach = np.sqrt(strength[n] * share / least)
        ring, column, wide = n // columns, n % columns, min(int(reach / near) + 1, 40)
        for other in range(max(ring - 4, 0), min(ring + 5, rings)):
            for step in range(-wide, wide + 1):
                k = other * columns + (column + step) % columns
                dot = 0.0
                for axis in range(3):
                    dot += (direction[k, axis] - direction[n, axis]) ** 2
                if k == n or dot > reach * reach:
                    continue
                light = strength[n] * share / max(dot, near * near)
                if light > halo[k]:
                    halo[k], place[k] = light, distance[n]


def taken(model: LidarModel, count: int, rng: np.random.Generator) -> list[Echoes]:
    """Return what the receiver takes for echoes though none came: noise, pulses of others.

    They are as likely at any time of listening; another lidar's are up to 100 times as strong.
    """
    found = []
    for name, rate in (("noise", model.false_alarms), ("crosstalk", model.crosstalk)):
        some = rng.binomial(count, rate) if rate > 0 else 0
        shot = rng.integers(count, size=some)
        place = model.nearest + (model.farthest - model.nearest) * rng.random(some)
        over = 1 + rng.exponential(size=some) / model.alarm**2
        if name == "crosstalk":
            over = 100 ** rng.random(some)
        found.append(echoes(shot, place, model.level * over, CAUSE[name]))
    return found
