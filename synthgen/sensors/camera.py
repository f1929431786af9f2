"""A camera: one cast of rays for all labels, radiance by a renderer, then lens and sensor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float, UInt8

from synthgen.atmosphere import Atmosphere
from synthgen.embree import Tracer
from synthgen.geometry import Array
from synthgen.layer import Layer
from synthgen.rays import Hits, Rays, no_hits
from synthgen.readout import readout
from synthgen.rig import Camera
from synthgen.sample import CameraReading, CameraView, Silhouette
from synthgen.scene import Moment
from synthgen.sensors.development import developed
from synthgen.sensors.exposure import looked_at, settled
from synthgen.sensors.falling import drops, flakes
from synthgen.sensors.flicker import Picture, flickered
from synthgen.sensors.flow import displacement
from synthgen.sensors.focus import focused
from synthgen.sensors.glass import pane, through
from synthgen.sensors.hdr import captured, deviation
from synthgen.sensors.image import collected
from synthgen.sensors.imager import expected, mosaic, pattern
from synthgen.sensors.jpeg import coded_noise, lost, sent
from synthgen.sensors.lens import imaged, wetted
from synthgen.sensors.motion_blur import blurred
from synthgen.sensors.streaks import streaked
from synthgen.sensors.sun import sun_spot
from synthgen.sensors.surface import semantics

Render = Callable[[Tracer, Moment, CameraView, Hits, Atmosphere, int], Float[Array, "h w 3"]]
"""Returns the radiance [cd/m2] of every pixel, linear sRGB, from the hits of the pixel centres
(rows first) and a seed."""


DARKEST = 1e-4
"""Share of light that comes straight through glass on which all is hidden: noise stays finite."""


@dataclass(frozen=True, eq=False)
class Sight:
    """What the pixels of an image show: the same in any light and weather.

    Attributes:
        tracer: what cast the rays.
        view: the camera.
        hits: first hits of the pixel centres, rows first.
        depth: [m] see `CameraReading`.
        semantic: class id at each pixel centre.
        silhouettes: see `CameraReading`.
    """

    tracer: Tracer
    view: CameraView
    hits: Hits
    depth: Float[Array, "h w"]
    semantic: UInt8[Array, "h w"]
    silhouettes: tuple[Silhouette, ...]


def observe(
    camera: Camera,
    tracer: Tracer,
    moment: Moment,
    render: Render,
    atmosphere: Atmosphere,
    rng: np.random.Generator,
) -> CameraReading:
    """Return the image that `camera` takes of the moment, and what every pixel shows."""
    return exposed(camera, look(camera, tracer, moment), moment, render, atmosphere, rng)


def look(camera: Camera, tracer: Tracer, moment: Moment) -> Sight:
    """Return what the pixels of `camera` show at the moment."""
    view = view_of(camera, moment)
    rays = pixel_rays(view)
    layers, hits = seen(tracer, moment, view, rays)
    semantic = semantics(moment, hits).reshape(view.height, view.width)
    return Sight(
        tracer=tracer,
        view=view,
        hits=hits,
        depth=depths(view, rays, hits),
        semantic=np.where(view.void, 0, semantic).astype(np.uint8),
        silhouettes=silhouettes(layers, view),
    )


def exposed(
    camera: Camera,
    sight: Sight,
    moment: Moment,
    render: Render,
    atmosphere: Atmosphere,
    rng: np.random.Generator,
) -> CameraReading:
    """Return the image that `camera` takes of its `sight` in the light and air of the moment."""
    model, view, depth = camera.model, sight.view, sight.depth
    seed = int(rng.integers(2**31))
    scene = render(sight.tracer, moment, view, sight.hits, atmosphere, seed)
    exposure = camera.setting or settled(looked_at(scene, view), model)
    picture = Picture(scene, view, sight.hits)
    scene = flickered(picture, sight.tracer, moment, atmosphere, exposure.time)
    if model.motion_blur:
        body = sight.hits.body.reshape(depth.shape)
        scene = blurred(scene, depth, displacement(view, moment, depth, body, exposure.time))
    if not camera.sampled:
        scene = focused(scene, depth, model)
    filled = scene
    for falling in (
        drops(view, atmosphere.drop_sizes, rng),
        flakes(view, atmosphere.flake_sizes, rng),
    ):
        filled = streaked(filled, depth, moment, view, falling, (model, exposure.time))
    sun = sun_spot(sight.tracer, moment, view, atmosphere, filled)
    before = pane(model, camera.name, moment)
    glass = through(filled, view, before)
    soiled = wetted(atmosphere.rain) + glass.soiled
    bright = imaged(glass.radiance, model, exposure, sun, soiled)
    electrons = collected(bright, model, exposure)
    values = captured(mosaic(electrons), model, exposure, pattern(model, camera.name), rng)
    signal = expected(electrons, model, exposure.gain)
    noise = deviation(signal, model, exposure)
    image = developed(values, model, exposure)
    out = sent(image, model)
    if out.stream:
        noise = coded_noise(noise, signal, lost(image, out.image), model, exposure)
    if before is not None:
        # Contrast is the world's own, as far as it comes through: not that of drops before it.
        world = collected(imaged(filled, model, exposure, sun, soiled), model, exposure)
        signal = expected(world, model, exposure.gain)
        noise = noise / np.maximum(glass.clear, DARKEST)
    return CameraReading(
        view=view,
        image=out.image,
        stream=out.stream,
        quality=out.quality,
        chroma=out.chroma,
        body=sight.hits.body.reshape(view.height, view.width),
        semantic=sight.semantic,
        depth=depth,
        signal=signal.astype(np.float32),
        noise=noise.astype(np.float32),
        silhouettes=sight.silhouettes,
        exposure=exposure.time,
        gain=exposure.gain,
        balance=exposure.balance,
        digital=exposure.digital,
        covered=glass.covered,
        veiled=glass.veiled,
    )


def view_of(camera: Camera, moment: Moment) -> CameraView:
    """Return `camera` as it stands in the world at the moment's time, mid-exposure."""
    model, ego = camera.model, moment.scene.ego
    mount, rows = camera.ego_from_camera, (model.height, model.row_time)
    return CameraView(
        name=camera.name,
        width=model.width,
        height=model.height,
        matrix=np.array(model.matrix, float),
        world_from_camera=ego.world_from_body(moment.time) @ mount,
        time=moment.time,
        projection_model=model.projection_model,
        distortion=model.distortion,
        half=model.half,
        readout=readout(ego, mount, moment.time, *rows) if model.row_time > 0 else None,
        focus=model.focus,
        aperture=model.aperture,
    )


def seen(tracer: Tracer, moment: Moment, view: CameraView, rays: Rays) -> tuple[list[Layer], Hits]:
    """Return what the `rays` of all pixels meet, thing by thing and first of all.

    Pixels without a ray meet nothing.
    """
    if view.lens.flat or not view.void.any():
        layers = tracer.layers(moment, rays)
        return layers, tracer.first_hits(moment, rays, layers)
    there = np.flatnonzero(~view.void)
    rays = rays.select(there)
    layers = tracer.layers(moment, rays)
    some, hits = tracer.first_hits(moment, rays, layers), no_hits(view.width * view.height)
    for name in ("distance", "body", "primitive", "barycentric"):
        getattr(hits, name)[there] = getattr(some, name)
    return [replace(layer, index=there[layer.index]) for layer in layers], hits


def pixel_rays(view: CameraView) -> Rays:
    """Return the rays through all pixel centres, rows first; nan where there is none."""
    row, column = (grid.ravel().astype(float) for grid in np.mgrid[: view.height, : view.width])
    return view.rays(column, row)


def depths(view: CameraView, rays: Rays, hits: Hits) -> Float[Array, "h w"]:
    """Return the depth [m], see `CameraView.project`; 0 where nothing was hit."""
    row = np.repeat(np.arange(view.height, dtype=float), view.width)
    along = view.depth_per_way(rays.direction, row)
    distance = np.where(hits.hit, hits.distance, 0.0)
    return (
        np.where(view.void.ravel(), 0.0, distance * along)
        .astype(np.float32)
        .reshape(view.height, view.width)
    )


def silhouettes(layers: Sequence[Layer], view: CameraView) -> tuple[Silhouette, ...]:
    """Return what each thing covers alone, from the layers of all pixel centres."""
    return tuple(_silhouette(layer, view.width) for layer in layers if len(layer.index))


def _silhouette(layer: Layer, width: int) -> Silhouette:
    row, column = np.divmod(layer.index, width)
    top, left = int(row[0]), int(column.min())
    mask = np.zeros((int(row[-1]) - top + 1, int(column.max()) - left + 1), bool)
    mask[row - top, column - left] = True
    return Silhouette(layer.thing, left, top, mask)
