import numpy as np
from scipy.spatial.transform import Rotation

from synthgen.build.chimneys import mouths
from synthgen.mesh import merge
from synthgen.place import palette, works
from synthgen.place.facets import Frame, boxes, mesh_of
from synthgen.place.houses import _chimney, house_design
from synthgen.place.roofs import Rectangle
from synthgen.rng import stream


def house_chimney(origin, turn, number):
    rng = stream(number, "house")
    axes = Rotation.from_euler("z", turn).as_matrix().T
    over = Rectangle(-5.0, 5.0, -4.0, 4.0)
    return mesh_of(
        _chimney(Frame(np.array(origin), axes), over, 3.0, house_design(rng), rng), "building"
    )


def test_the_mouth_of_a_house_s_chimney_is_the_middle_of_its_cap():
    for number in range(5):
        made = house_chimney((20.0, -7.0, 1.0), 0.7 * number, number)
        found = mouths(made)
        assert len(found) == 1
        low, high = made.bounds
        np.testing.assert_allclose(found[0, :2], (low[:2] + high[:2]) / 2, atol=0.01)
        np.testing.assert_allclose(found[0, 2], high[2], atol=0.01)


def test_the_mouth_of_a_stack_is_its_top():
    for number in range(5):
        foot = np.array([30.0 * number, 4.0, 0.5])
        made = mesh_of(works._chimney(foot, stream(number, "stack")), "building")
        found = mouths(made)
        assert len(found) == 1
        np.testing.assert_allclose(found[0, :3], [*foot[:2], made.bounds[1][2]], atol=0.1)
        assert 1.0 < found[0, 3] < 3.0


def test_every_chimney_of_a_yard_is_found_and_none_in_a_block_of_granite():
    made = merge([house_chimney((30.0 * k, 0.0, 0.0), 0.3, k) for k in range(4)])
    assert len(mouths(made)) == 4
    stacks = [works._chimney(np.array([20.0 * k, 0, 0]), stream(k, "stack")) for k in range(3)]
    assert len(mouths(mesh_of([part for one in stacks for part in one], "building"))) == 3
    assert len(mouths(mesh_of([boxes([[0, 0, 0]], [[9, 9, 9]], palette.GRANITE)], "building"))) == 0
