"""Which triangle the centre of each pixel shows, and how deep: one pass of flat colours."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, Int
from OpenGL import GL
from pyrender import IntrinsicsCamera, Mesh, Primitive, Renderer, RenderFlags, Scene
from pyrender.platforms.egl import EGLPlatform
from pyrender.shader_program import ShaderProgramCache

from synthgen.geometry import Array
from synthgen.mesh import Mesh as Surface
from synthgen.sample import CameraView

NEAR, FAR = 0.1, 20_000.0
"""[m] Depths between which things are drawn; 24 bits tell 0.6 mm at 10 m, 6 cm at 100 m."""
_MOST = 2**24 - 1
"""Triangles that three bytes can number."""
_GL_FROM_CAMERA = np.diag([1.0, -1.0, -1.0, 1.0])
"""OpenGL looks along -z with y up, our cameras along z with y down."""
_SHADERS = Path(__file__).parent / "shaders"


class Placed(NamedTuple):
    """A surface and where it is in the camera's frame."""

    mesh: Surface
    camera_from_body: Float[Array, "4 4"]


class Drawn(NamedTuple):
    """What was drawn.

    Attributes:
        number: triangle in the order of all that was placed, -1 where there is none.
        depth: [m] along the optical axis, 0 where there is none.
    """

    number: Int[Array, "h w"]
    depth: Float[Array, "h w"]


def draw(view: CameraView, placed: Sequence[Placed], fine: int = 1) -> Drawn:
    """Return what pixel centres of a pinhole `view` show of what is `placed`, from both sides.

    OpenGL moves corners to whole 1/256 of a pixel. With an odd `fine` it draws that many times as
    wide and high, corners move by as much less, and the middle of each square is kept.

    Raises:
        ValueError: when the lens bends straight lines, or there are more than 2**24 - 1 triangles.
    """
    if not view.lens.flat:
        raise ValueError(f"projection_model={view.projection_model}: a rasteriser needs a pinhole")
    placed = [one for one in placed if len(one.mesh.triangles)]
    counts = [len(one.mesh.triangles) for one in placed]
    if sum(counts) > _MOST:
        raise ValueError(f"{sum(counts)} triangles in view: expected at most {_MOST}")
    scene, colors = _scene(placed, np.cumsum([1, *counts]))
    scene.add(_camera(view.matrix, fine))
    width, height = fine * view.width, fine * view.height
    with _context(width, height):
        painter = _Painter(width, height)
        flags = RenderFlags.OFFSCREEN | RenderFlags.SEG
        color, depth = painter.render(scene, flags, colors)
        painter.delete()
    middle = slice(fine // 2, None, fine)
    number = color[middle, middle].astype(np.int32) @ np.array([1, 256, 65536], np.int32) - 1
    return Drawn(number, depth[middle, middle])


def engine() -> str:
    """Return what draws here, e.g. `llvmpipe (LLVM 15.0.6, 256 bits), 4.5 (Core Profile)`."""
    with _context(8, 8):
        names = (GL.glGetString(key) for key in (GL.GL_RENDERER, GL.GL_VERSION))
        return ", ".join(name.decode() for name in names)


class _Painter(Renderer):
    """pyrender's renderer with our segmentation shader, which numbers triangles, not nodes."""

    def __init__(self, width: int, height: int) -> None:
        super().__init__(width, height)
        self._program_cache = ShaderProgramCache(str(_SHADERS))

    def _bind_and_draw_primitive(
        self, primitive: Primitive, pose: Array, program: Any, flags: int
    ) -> None:
        """Draw both sides of all triangles: pyrender leaves out back faces when it segments."""
        program.set_uniform("M", np.asarray(pose, np.float32))
        primitive._bind()
        GL.glDisable(GL.GL_CULL_FACE)
        GL.glDisable(GL.GL_BLEND)
        GL.glDrawElements(primitive.mode, primitive.indices.size, GL.GL_UNSIGNED_INT, None)
        primitive._unbind()


@contextmanager
def _context(width: int, height: int) -> Iterator[None]:
    """Open an OpenGL context of EGL and close it when the block ends."""
    platform = EGLPlatform(width, height)
    platform.init_context()
    try:
        yield
    finally:
        platform.delete_context()


def _scene(placed: Sequence[Placed], first: Array) -> tuple[Scene, dict]:
    """Return the scene, the camera at its origin, and the number of each node's first triangle.

    `first` holds these, and numbers are three bytes; 0 stays for the background.
    """
    scene, colors = Scene(), {}
    shapes = {id(one.mesh): _shape(one.mesh) for one in placed}
    for one, number in zip(placed, first, strict=False):
        node = scene.add(shapes[id(one.mesh)], pose=_GL_FROM_CAMERA @ one.camera_from_body)
        colors[node] = (int(number) >> np.array([0, 8, 16])) & 255
    return scene, colors


def _camera(k: Float[Array, "3 3"], fine: int) -> IntrinsicsCamera:
    """Return the camera of matrix `k` for a picture `fine` times as large."""
    # Pixels of OpenGL have their corners at whole numbers, ours their centres.
    center = fine * (k[:2, 2] + 0.5)
    return IntrinsicsCamera(fine * k[0, 0], fine * k[1, 1], *center, znear=NEAR, zfar=FAR)


def _shape(mesh: Surface) -> Mesh:
    return Mesh([Primitive(positions=mesh.vertices, indices=mesh.triangles)])
