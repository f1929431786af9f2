"""Intervals of a share, from counts and over worlds that were drawn anew."""

import numpy as np
from jaxtyping import Float, Int

from synthgen.geometry import Array

AT_ONCE = 4_000_000
"""Weights of worlds that are held at once."""

Counts = Int[Array, "*cells"]
Shares = Float[Array, "*cells"]


def wilson(hits: Counts, trials: Counts, level: float = 0.95) -> tuple[Shares, Shares]:
    """Return the lower and upper end of the share of hits; 0 and 1 where nothing was tried.

    Holds for independent trials. Objects of one world are not: see `over_worlds`.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22, 1927; as eq. 4 of L. D. Brown, T. T. Cai and
    A. DasGupta, "Interval estimation for a binomial proportion", Statistical Science 16, 2001, who
    recommend it down to 10 trials and fewer.
    """
    from scipy.stats import norm

    hits, trials = np.asarray(hits, float), np.asarray(trials, float)
    some = np.maximum(trials, 1)
    z = float(norm.ppf(0.5 + level / 2))
    share = hits / some
    middle = (share + z**2 / (2 * some)) / (1 + z**2 / some)
    reach = z / (1 + z**2 / some) * np.sqrt(share * (1 - share) / some + z**2 / (4 * some**2))
    none = trials == 0
    low = np.where(none | (hits == 0), 0.0, np.maximum(middle - reach, 0))
    high = np.where(none | (hits == trials), 1.0, np.minimum(middle + reach, 1))
    return low, high


def clopper_pearson(hits: Counts, trials: Counts, level: float = 0.95) -> tuple[Shares, Shares]:
    """Return the ends of the exact interval: it holds the true share at least at `level`.

    Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated
    in the case of the binomial", Biometrika 26, 1934, in terms of quantiles of the beta
    distribution.
    """
    from scipy.stats import beta

    hits, trials = np.asarray(hits, float), np.asarray(trials, float)
    tail, misses = (1 - level) / 2, trials - hits
    low = beta.ppf(tail, np.maximum(hits, 0.5), misses + 1)
    high = beta.ppf(1 - tail, hits + 1, np.maximum(misses, 0.5))
    return np.where(hits == 0, 0.0, low), np.where(misses == 0, 1.0, high)


def over_worlds(
    hits: Int[Array, "worlds cells"],
    trials: Int[Array, "worlds cells"],
    rng: np.random.Generator,
    draws: int = 2000,
    level: float = 0.95,
) -> tuple[Float[Array, "cells"], Float[Array, "cells"]]:
    """Return the percentile interval of each cell's share when worlds are drawn with replacement.

    What happens in one world stays together, so that a thousand frames of one street do not count
    as a thousand proofs. A cell that fewer than two worlds reach has none: NaN. Draws that miss
    all worlds of a cell tell nothing of it and are left out.

    Source: B. Efron, "Bootstrap methods: another look at the jackknife", Annals of Statistics 7,
    1979; of clusters, A. C. Davison and D. V. Hinkley, "Bootstrap methods and their application",
    1997, sec. 3.8. With fewer than about ten worlds it is too narrow.
    """
    worlds = len(trials)
    shares = np.full((draws, trials.shape[1]), np.nan)
    if worlds:
        even, at_once = np.full(worlds, 1 / worlds), max(1, AT_ONCE // worlds)
        for first in range(0, draws, at_once):
            some = shares[first : first + at_once]
            weights = rng.multinomial(worlds, even, size=len(some)).astype(float)
            tried = weights @ trials
            np.divide(weights @ hits, tried, out=some, where=tried > 0)
    told = np.sum(np.asarray(trials) > 0, axis=0) >= 2
    ends = np.full((2, trials.shape[1]), np.nan)
    tail = (1 - level) / 2
    if told.any():
        ends[:, told] = np.nanquantile(shares[:, told], [tail, 1 - tail], axis=0)
    return ends[0], ends[1]
