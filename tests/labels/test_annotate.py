import numpy as np
import pytest

from synthgen.geometry import inverse, pose, transform


def edge(toys, depth, offset, axis):
    """Pixel coordinate of a point `offset` to the right of (or below) the optical axis."""
    return toys.matrix[axis, axis] * offset / depth + toys.matrix[axis, 2]


def test_box_of_a_cube_is_its_front_face_to_half_a_pixel(toys):
    label = toys.look([(toys.box("cube", (2, 2, 2)), (21, 0, 0), 0.0)]).of("cube")
    expected = [
        edge(toys, 20, -1, 0), edge(toys, 20, -0.35, 1),
        edge(toys, 20, 1, 0), edge(toys, 20, 1.65, 1),
    ]  # fmt: skip
    np.testing.assert_allclose(label.visible_box, expected, atol=1.0)
    # Pixel centres strictly inside the outline: the box is the outline rounded inwards.
    assert label.visible_box[0] == np.ceil(expected[0])
    assert label.visible_box[2] == np.floor(expected[2])
    assert label.amodal_box == label.visible_box
    assert label.unclipped_box == tuple(float(v) for v in label.visible_box)
    assert label.occlusion == 0
    assert label.truncation == 0


def test_silhouette_of_a_sphere_has_its_closed_form_solid_angle_and_edges(toys):
    radius, distance = 1.5, 12.0
    label = toys.look([(toys.ball("ball", radius), (distance, 0, 1.65), 0.0)]).of("ball")
    half = 721.5 * radius / np.sqrt(distance**2 - radius**2)
    box = np.array(label.visible_box, float)
    # The image's true outline lies within half a pixel beyond the outermost pixel centres.
    outline = box + np.array([-0.5, -0.5, 0.5, 0.5])
    expected = [609.5 - half, 172.9 - half, 609.5 + half, 172.9 + half]
    np.testing.assert_allclose(outline, expected, atol=0.51)
    np.testing.assert_allclose(label.amodal_pixels, np.pi * half**2, rtol=0.005)


def test_thin_pole_is_one_or_two_pixels_wide_and_centred(toys):
    pole = toys.box("pole", (0.05, 0.05, 4.0), "traffic_sign")
    label = toys.look([(pole, (20, 3, 0), 0.0)]).of("pole")
    center = edge(toys, 20, -3, 0)
    middle = (label.visible_box[0] + label.visible_box[2]) / 2
    assert abs(middle - center) <= 0.6
    assert label.visible_box[2] - label.visible_box[0] <= 1


@pytest.mark.parametrize("shift", [0.0, 0.5, 1.0, 1.5])
def test_occlusion_is_the_hidden_share_of_the_front_face(toys, shift):
    placed = [
        (toys.box("far", (0.01, 2, 2)), (40, 0, 0), 0.0),
        (toys.box("near", (0.01, 1, 2)), (20, -0.5 + shift, 0), 0.0),
    ]
    label = toys.look(placed).of("far")
    screen = (np.array([-1.0, 0.0]) + shift) * 2  # the near board on the far board's plane
    hidden = max(0.0, min(1, screen[1]) - max(-1, screen[0])) / 2
    # Vertically the far board sits inside the near one's shadow from 0.35 m below the eye down.
    reach = (0.35 * 2 if hidden else 0.0), 1.65
    top = max(-0.35, -reach[0])
    hidden *= (1.65 - top) / 2 if hidden else 0
    np.testing.assert_allclose(label.occlusion, hidden, atol=0.02)


@pytest.mark.parametrize("right", [-12.0, -12.9, -13.7])
def test_truncation_of_a_flat_board_is_its_solid_angle_outside(toys, right):
    board = toys.box("board", (0.001, 2, 1.0))
    label = toys.look([(board, (15, right, 0), 0.0)]).of("board")

    def angle(x0, x1, y0, y1):
        def corner(x, y):
            return np.arctan(x * y / np.sqrt(1 + x * x + y * y))

        return corner(x1, y1) - corner(x0, y1) - corner(x1, y0) + corner(x0, y0)

    left, far = (-right - 1) / 15, (-right + 1) / 15
    rim = (1241.5 - 609.5) / 721.5
    whole = angle(left, far, 0.65 / 15, 1.65 / 15)
    out = angle(max(rim, left), far, 0.65 / 15, 1.65 / 15)
    np.testing.assert_allclose(label.truncation, max(out / whole, 0), atol=0.01)
    assert label.unclipped_box[0] == label.amodal_box[0]
    np.testing.assert_allclose(label.unclipped_box[2], edge(toys, 15, -right + 1, 0), atol=1.0)


def test_truncation_of_a_large_near_thing_agrees_between_pixels_and_directions(toys):
    """The same bus, once just before and once just behind the camera plane."""
    bus = toys.box("bus", (12, 2.5, 3), "bus")
    before, behind = (toys.look([(bus, (x, 3.5, 0), 0.0)]).of("bus") for x in (6.05, 5.95))
    assert before.unclipped_box is not None
    assert behind.unclipped_box is None
    np.testing.assert_allclose(before.truncation, behind.truncation, atol=0.02)


def test_what_is_outside_is_labelled_without_boxes_only_when_near(toys):
    placed = [
        (toys.box("behind", (4, 2, 1.5)), (-30, 0, 0), 0.0),
        (toys.box("too far", (4, 2, 1.5)), (-130, 0, 0), 0.0),
    ]
    seen = toys.look(placed)
    label = seen.of("behind")
    assert label.amodal_box is None
    assert label.visible_box is None
    assert label.truncation == 1
    assert [one.number for one in seen.labels] == [label.number]


def test_the_ego_car_is_never_labelled(toys):
    seen = toys.look([(toys.box("cube", (2, 2, 2)), (20, 0, 0), 0.0)])
    assert {label.kind for label in seen.labels} == {"car"}


def test_points_are_counted_as_a_reader_of_the_files_counts(toys):
    seen = toys.look([(toys.ball("ball", 1.2), (15, 2, 1.0), 0.4)])
    label = seen.of("ball")
    points = seen.lidar.point.astype(np.float32).astype(float)
    world = transform(seen.lidar.world_from_lidar, points)
    world_from_box = pose(np.array(label.center), np.array(label.quaternion))
    local = transform(inverse(world_from_box), world)
    inside = (np.abs(local) <= np.array(label.size) / 2).all(axis=1).sum()
    assert label.lidar_hits > 100
    assert label.lidar_points == inside
    assert inside >= label.lidar_hits
    assert label.lidar_hits == (seen.lidar.body == label.number).sum()


def test_rider_and_bicycle_name_each_other(toys):
    placed = [
        (toys.box("bike", (1.8, 0.5, 1.1), "bicycle"), (12, 0, 0), 0.0),
        (toys.box("rider", (0.6, 0.5, 1.0), "rider", rides="bike"), (12, 0, 0.9), 0.0),
    ]
    seen = toys.look(placed, first_track=5000)
    bike, rider = seen.of("bike"), seen.of("rider")
    assert (bike.track, rider.track) == (5002, 5003)
    assert (bike.ridden_by, rider.rides) == (rider.track, bike.track)
    assert (bike.rides, rider.ridden_by) == (0, 0)


def test_a_towed_section_names_the_leading_one_and_is_labelled_with_it(toys):
    placed = [
        (toys.box("bus", (10, 2.5, 3), "bus"), (115, 0, 0), 0.0),
        (toys.box("bus/towed", (7, 2.5, 3), "bus", part_of="bus"), (123.5, 0, 0), 0.0),
        (toys.box("far", (7, 2.5, 3), "bus", part_of="elsewhere"), (30, 8, 0), 0.0),
    ]
    seen = toys.look(placed, first_track=5000)
    lead, towed, alone = (seen.of(name) for name in ("bus", "bus/towed", "far"))
    assert (lead.track, lead.part_of) == (5002, 0)
    assert towed.part_of == lead.track
    assert alone.part_of == 0


def test_what_looks_like_its_surroundings_is_not_discernible(toys):
    seen = toys.look([(toys.box("cube", (2, 2, 2)), (60, 0, 0), 0.0)])
    label = seen.of("cube")
    own = seen.camera.signal[seen.camera.body == label.number]
    step = abs(own[0] - seen.camera.signal[200, 10])
    assert step > 0
    pixels = min(label.visible_pixels, 100)
    ring = 200.0 * np.array([0, -1, 1, 2]) + 1000
    assert label.discernible
    assert np.isclose(label.contrast, np.abs(own[0] - ring) / 30 * np.sqrt(pixels)).any()
