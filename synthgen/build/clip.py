"""One clip: traffic driven through the city, bodies for everyone, lamps switched."""

from synthgen.build.bodies import Placed, laid, placed_agents, placed_fixtures
from synthgen.build.cast import encounters_of
from synthgen.build.city import City
from synthgen.build.encounters import met
from synthgen.build.lighting import Plot, lit
from synthgen.build.outage import feed
from synthgen.build.torches import carriers, carrying
from synthgen.build.trip import trip
from synthgen.motion import Motion
from synthgen.rig import Rig
from synthgen.scene import Scene
from synthgen.spec.clip import ClipSpec
from synthgen.world import World


def build_clip(city: City, spec: ClipSpec, looks: int = 0, rig: Rig | None = None) -> Scene:
    """Return the scene of one clip, see `staged_clip`."""
    return staged_clip(city, spec, looks, rig)[0]


def staged_clip(
    city: City, spec: ClipSpec, looks: int = 0, rig: Rig | None = None
) -> tuple[Scene, Plot]:
    """Return the scene of one clip, and what it takes to light it under other conditions.

    Args:
        city: where.
        spec: the clip.
        looks: only so many of its first frames, 0 for all.
        rig: whose first camera meets who is to be met; clips without encounters need none.

    Raises:
        ValueError: encounters are asked for without a rig that has a camera.
    """
    gone = met(city, spec, looks, rig) if encounters_of(spec) else trip(city, spec, looks)
    driven = gone.around.driven
    placed = laid(city, [*placed_agents(city, gone.play, driven, spec), *gone.around.standing])
    power = feed(city, spec)
    torches = carriers(((one.body, one.track) for one in placed), power, spec)
    placed = [
        Placed(*carrying(one.body, one.track, spec)) if one.body.name in torches else one
        for one in placed
    ]
    acts = {one.body.name: one.acting for one in placed if one.acting is not None}
    placed += laid(city, placed_fixtures(city, driven, spec))
    bodies = tuple(one.body for one in placed)
    names = [body.name for body in bodies]
    facts = {
        "city": city.network.name,
        "attribution": city.network.attribution,
        **gone.facts,
        **city.place.facts,
        **city.credits,
    }
    ego = names.index("ego")
    world = World(city.stuff, bodies, ego, spec.environment, facts, city.streets, city.place.field)
    scene = Scene(world, Motion(tuple(one.track for one in placed), driven.frames))
    plot = Plot(city, driven, acts, torches)
    return lit(plot, scene, spec), plot
