import numpy as np
import pytest

from synthgen.light.windows import BRIGHTEST, candle, candle_light, candles, flame_place, pane_at
from synthgen.materials import Material, Texture
from synthgen.mesh import mesh

GRID = (3.0, 3.0, 0.5, 0.4)
WALL = Material("wall", (0.5, 0.5, 0.5), texture=Texture.FACADE, parameters=GRID)


def wall(width=60.0, height=30.0):
    """Return a wall in the plane y = 2 that looks along -y; texture runs along x and z."""
    corners = np.array([[0, 2, 0], [width, 2, 0], [width, 2, height], [0, 2, height]], float)
    faces = np.array([[0, 1, 2], [0, 2, 3]])
    return mesh(corners, faces, WALL, "building", uv=corners[faces][:, :, [0, 2]])


def test_a_candle_gives_between_one_and_fifteen_candela():
    assert candle(0.0) == 1.0
    assert candle(1.0) == BRIGHTEST


def test_each_window_has_at_most_one_candle_in_its_opening_that_shines_out():
    found = list(candles(wall(), 7, 0.5, int(Texture.FACADE)))
    cells = {(int(one.place[0] // 3), int(one.place[2] // 3)) for one in found}
    assert len(cells) == len(found)
    assert len(found) / 200 == pytest.approx(0.2, abs=0.06)
    for one in found:
        np.testing.assert_allclose(one.outward, [0, -1, 0], atol=1e-12)
        bay = pane_at(one.place[0], one.place[2], np.array(GRID))
        assert one.place[1] == pytest.approx(2)
        assert abs(bay.x) < bay.half
        assert abs(bay.y) < bay.tall


def test_the_flame_is_the_brightest_spot_of_its_window_and_warm():
    bay = pane_at(4.5, 4.6, np.array(GRID))
    x, y = flame_place(bay, 0.4)
    there, beside = (
        candle_light(bay._replace(x=x + dx, y=y), (0.4, 0.5, 0.9), 0.01) for dx in (0.0, 0.4)
    )
    assert there[1] > 100 * beside[1]
    assert there[0] > there[1] > there[2]


def test_what_a_flame_sends_does_not_depend_on_the_size_of_the_pixels():
    """Luminance times area of the flame is its intensity, for pixels larger than the flame."""
    bay = pane_at(4.5, 4.6, np.array(GRID))
    x, y = flame_place(bay, 0.4)
    for size in (0.001, 0.05, 0.2):
        step = max(size, 0.015) / 20
        grid = np.arange(-40, 41) * step
        total = sum(
            candle_light(bay._replace(x=x + a, y=y + b), (0.4, 0.5, 0.9), size)[1]
            - candle_light(bay._replace(x=x + a, y=y + b), (0.4, 0.5, 0.4), size)[1] / 0.55
            for a in grid for b in grid
        ) * step**2  # fmt: skip
        assert total == pytest.approx(0.90 * candle(0.5), rel=0.05)
