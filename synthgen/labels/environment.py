"""The environment record: every physical number of a frame's surroundings, flat."""

import json
from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from jaxtyping import Float

from synthgen.atmosphere import Atmosphere
from synthgen.classes import EMERGENCY
from synthgen.density import extinction_at
from synthgen.geometry import Array
from synthgen.light.lightning import struck
from synthgen.scene import Moment, Scene
from synthgen.world import Environment

Value = float | int | str | bool

MEANING: Mapping[str, tuple[str, str]] = {
    "sun_elevation": ("rad", "sun above the horizon, negative at night"),
    "sun_azimuth": ("rad", "anticlockwise from world x"),
    "moon_elevation": ("rad", "moon above the horizon"),
    "moon_azimuth": ("rad", "anticlockwise from world x"),
    "moon_phase": ("1", "illuminated share of the moon's disc"),
    "illuminance": ("lx", "on the ground from sky, sun and moon, lamps not counted"),
    "skyglow": ("cd/m2", "luminance of the night sky from city light"),
    "lightning": ("cd/m2", "sky luminance added by a stroke of lightning in this frame"),
    "lightning_illuminance": ("lx", "of a plane that faces the stroke; 0: cloud hides it"),
    "lightning_azimuth": ("rad", "where the stroke is, anticlockwise from world x"),
    "cloud": ("1", "cloud cover, 0 clear to 1 overcast"),
    "rain": ("mm/h", "rain rate, drizzle included"),
    "drops": ("", "what the rain's drops are: rain, or drizzle with finer ones"),
    "snow": ("mm/h", "snow rate as water"),
    "snow_cover": ("cm", "snow that lies on open, level, untouched ground"),
    "paint_under_snow": ("1", "share of the paint on lines before the cameras that snow hides"),
    "fog_bank_share": ("1", "of the ground under fog banks"),
    "fog_bank_visibility": ("m", "meteorological optical range in the middle of a bank"),
    "fog_bank_height": ("m", "height at which a bank is half as dense as at the ground"),
    "fog_bank_length": ("m", "mean length of a patch"),
    "smoke_chimneys": ("1", "share of the chimneys that smoke"),
    "smoke_fire": ("MW", "heat of burning vehicles"),
    "spray": ("mm", "water on the road that tyres throw up"),
    "clouds": ("1", "puffs of fog, smoke and spray in this frame"),
    "clouds_here": ("1/m", "extinction of fog banks, smoke and spray at the ego car, 1.5 m up"),
    "lidar_ratio": ("sr", "extinction of fog over what it sends back to a lidar"),
    "visibility": ("m", "meteorological optical range of fog and haze alone (5 % contrast)"),
    "extinction": (
        "1/m",
        "total extinction at 545 nm: fog, haze, rain and snow together, without banks",
    ),
    "lidar_extinction": ("1/m", "total extinction at 905 nm"),
    "wind": ("m/s", "wind speed"),
    "wind_azimuth": ("rad", "where it blows to, anticlockwise from world x"),
    "wetness": ("1", "road surface, 0 dry to 1 flooded"),
    "lens_rain": ("mm/h", "rain that reaches the glass before the cameras"),
    "lens_wiper": ("s", "from pass to pass of the wiper, 0 for none"),
    "lens_dirt": ("1", "dirt on the glass, 0 clean to 1 filthy"),
    "lens_condensation": ("1", "share of light that mist on the glass scatters where densest"),
    "power": ("", "whether the public grid is on everywhere"),
    "grid_fed": ("1", "share of the areas of the public grid that have power"),
    "things": ("1", "bodies present, the ego car not counted"),
    "emergency_vehicles": ("1", "ambulances, fire engines and police cars present"),
    "emergency_lamps": ("1", "of these, with a beacon switched on"),
    "ego_speed": ("m/s", "speed of the car that carries the sensors"),
    "ego_x": ("m", "ego car, world frame"),
    "ego_y": ("m", "ego car, world frame"),
    "ego_z": ("m", "ego car, world frame"),
    "ego_yaw": ("rad", "heading of the ego car, anticlockwise from world x"),
    "place_facts": ("", "JSON: what the place recorded about itself"),
    "draws": ("", "JSON: every value drawn for the clip"),
}
"""(unit, meaning) of every entry of the record, in the order written."""

_SKY = ("sun_elevation", "sun_azimuth", "moon_elevation", "moon_azimuth", "moon_phase")
_GLASS = ("rain", "wiper", "dirt", "condensation")
_AIR = (
    "skyglow", "cloud", "rain", "snow", "snow_cover", "visibility", "wind", "wind_azimuth",
    "wetness", "lidar_ratio",
)  # fmt: skip


def environment_record(
    scene: Scene,
    moment: Moment,
    atmosphere: Atmosphere,
    illuminance: float,
    draws: Mapping[str, float | str],
    paint_under_snow: float = 0.0,
) -> dict[str, Value]:
    """Return the record of `moment`; units and meanings are in `MEANING`.

    Args:
        scene: the clip.
        moment: the frame.
        atmosphere: the clip's air.
        illuminance: [lx] on the ground from sky, sun and moon.
        draws: every drawn value by the key it belongs to.
        paint_under_snow: see `lines.paint_under_snow`.
    """
    environment = scene.world.environment
    found: dict[str, Value] = {name: float(getattr(environment, name)) for name in (*_SKY, *_AIR)}
    glass = environment.glass
    found |= {f"lens_{name}": float(getattr(glass, name)) for name in _GLASS}
    found |= {
        "illuminance": float(illuminance),
        "extinction": float(atmosphere.extinction[1]),
        "lidar_extinction": float(atmosphere.lidar_extinction),
        "drops": environment.drops,
        "paint_under_snow": float(paint_under_snow),
        **_clouds(environment, atmosphere, scene.ego.position_at(moment.time)),
        "power": bool(environment.power),
        "grid_fed": _fed(scene),
        "place_facts": _json(scene.world.facts),
        "draws": _json(draws),
    }
    found |= _lightning(moment)
    found |= _traffic(moment) | _ego(scene, moment.time)
    return {name: found[name] for name in MEANING}


def _clouds(
    environment: Environment, atmosphere: Atmosphere, place: Float[Array, "3"]
) -> dict[str, Value]:
    eye = place + np.array([0.0, 0.0, 1.5])
    bank = {f"fog_bank_{name}": float(value) for name, value in asdict(environment.bank).items()}
    smoke = {f"smoke_{name}": float(value) for name, value in asdict(environment.smoke).items()}
    return {
        **bank,
        **smoke,
        "spray": float(environment.spray),
        "clouds": len(atmosphere.clouds.puffs) + len(atmosphere.clouds.layers),
        "clouds_here": extinction_at(atmosphere.clouds, eye),
    }


def _lightning(moment: Moment) -> dict[str, Value]:
    stroke = struck(moment.scene.world.strokes, moment.time)
    return {
        "lightning": stroke.luminance if stroke else 0.0,
        "lightning_illuminance": stroke.illuminance if stroke else 0.0,
        "lightning_azimuth": stroke.azimuth if stroke else 0.0,
    }


def _fed(scene: Scene) -> float:
    grid = scene.world.grid
    return float(scene.world.environment.power) if grid is None else grid.fed_share


def _traffic(moment: Moment) -> dict[str, Value]:
    ego = moment.scene.world.ego
    others = [thing for thing in moment.things if thing.thing != ego]
    blue = [thing for thing in others if thing.body.kind in EMERGENCY]
    lit = 0
    for thing in blue:
        level = thing.track.level_at(moment.time)
        lit += any(
            on > 0.5 and circuit.name.startswith("beacon")
            for circuit, on in zip(thing.body.circuits, level, strict=False)
        )
    return {"things": len(others), "emergency_vehicles": len(blue), "emergency_lamps": lit}


def _ego(scene: Scene, time: float) -> dict[str, Value]:
    world_from_ego = scene.ego.world_from_body(time)
    place, ahead = world_from_ego[:3, 3], world_from_ego[:3, 0]
    return {
        "ego_speed": float(np.linalg.norm(scene.ego.velocity_at(time))),
        "ego_x": float(place[0]),
        "ego_y": float(place[1]),
        "ego_z": float(place[2]),
        "ego_yaw": float(np.arctan2(ahead[1], ahead[0])),
    }


def _json(values: Mapping[str, float | int | str]) -> str:
    return json.dumps(dict(values), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
