import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthgen.branching import ROUND, TWIG, girth, shoots, wood
from synthgen.rng import aside, stream


def grown(count=300, trees=3, seed=1):
    rng = stream(seed, "tree")
    owner = rng.integers(trees, size=count)
    roots = np.column_stack([20.0 * np.arange(trees), np.zeros((trees, 2))])
    tips = roots[owner] + rng.normal(size=(count, 3)) + [0, 0, 6]
    return roots, tips, owner, shoots(roots, tips, owner, rng)


@given(count=st.integers(0, 60), trees=st.integers(1, 4), seed=st.integers(0, 99))
def test_every_tip_hangs_on_its_own_root_through_pieces_that_meet(count, trees, seed):
    roots, tips, owner, pieces = grown(count, trees, seed)
    last = pieces.twigs == 1
    assert last.sum() == count
    np.testing.assert_allclose(np.sort(pieces.end[last], axis=0), np.sort(tips, axis=0), atol=1e-12)
    ends = {tuple(point): n for n, point in enumerate(pieces.end)}
    for tip, own in zip(tips, owner, strict=True):
        piece, steps = ends[tuple(tip)], 0
        while tuple(pieces.start[piece]) in ends:
            piece, steps = ends[tuple(pieces.start[piece])], steps + 1
        np.testing.assert_array_equal(pieces.start[piece], roots[own])
        assert steps < 40


def test_a_piece_bears_all_twigs_that_fork_from_its_end():
    pieces = grown()[3]
    for end, twigs in zip(
        pieces.end[pieces.twigs > 1], pieces.twigs[pieces.twigs > 1], strict=True
    ):
        behind = pieces.twigs[(pieces.start == end).all(axis=1)]
        assert len(behind) == 2
        assert behind.sum() == twigs


def test_wood_is_as_thick_as_what_it_bears_and_ends_in_points():
    pieces = grown()[3]
    faces, normals = wood(pieces, stream(2, "wood"))
    np.testing.assert_allclose(np.linalg.norm(normals, axis=2), 1.0, rtol=1e-9)
    twigs = pieces.twigs == 1
    edge = np.linalg.norm(faces[: twigs.sum(), 0] - faces[: twigs.sum(), 1], axis=1)
    flat = pieces.twigs[pieces.twigs < ROUND]
    wide = np.linalg.norm(faces[: len(flat), 0] - faces[: len(flat), 1], axis=1)
    np.testing.assert_allclose(wide, girth(flat), rtol=1e-9)
    assert edge.min() >= 0
    assert girth(1) == TWIG


def test_prisms_face_outwards():
    pieces = grown(900, 1)[3]
    faces, normals = wood(pieces, stream(2, "wood"))
    few = pieces.twigs < ROUND
    count = few.sum() + (few & (pieces.twigs > 1)).sum()
    face = np.cross(faces[:, 1] - faces[:, 0], faces[:, 2] - faces[:, 0])[count:]
    assert len(face) == 8 * (~few).sum()
    assert (np.einsum("ij,ij->i", face, normals[count:].mean(axis=1)) > 0).all()


def test_variants_draw_aside_without_moving_the_stream():
    one, other = stream(3, "x"), stream(3, "x")
    drawn = aside(one).random(1000)
    later = one.random(1000)
    np.testing.assert_array_equal(later, other.random(1000))
    assert not np.isin(drawn, later).any()
    with pytest.raises(TypeError, match="PCG64"):
        aside(np.random.default_rng(1))
