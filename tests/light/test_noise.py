import numpy as np

from synthgen.light.noise import add_noise2, fbm2, fbm2_all, noise2


def places(count: int):
    """Return points up to 100 km from the origin, most of them near, some on cells' corners."""
    rng = np.random.default_rng(3)
    x, y = rng.uniform(-1, 1, (2, count)) * 10.0 ** rng.uniform(-2, 5, count)
    x[:50], y[25:75] = np.round(x[:50]), np.round(y[25:75])
    return x, y


def test_noise_of_many_places_is_that_of_each():
    x, y = places(2000)
    for seed in (0, 7, 211, 7919 * 300):
        out = np.full(len(x), 0.25)
        add_noise2(out, x, y, 0.5, seed)
        each = np.array([0.25 + 0.5 * noise2(a, b, seed) for a, b in zip(x, y, strict=True)])
        np.testing.assert_array_equal(out, each)


def test_fractal_noise_of_many_places_is_that_of_each():
    x, y = places(500)
    each = np.array([fbm2(a, b, 3, 201) for a, b in zip(x, y, strict=True)])
    np.testing.assert_array_equal(fbm2_all(x, y, 3, 201), each)
