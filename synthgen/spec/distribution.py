"""What a scene file may say instead of a number.

A distribution is its quantile function: one number, uniform in [0, 1), becomes one value. So a
draw costs one random number whatever its form, and stratifying is a matter of that number alone.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import accumulate
from math import exp, inf, isfinite, log
from statistics import NormalDist

from synthgen.spec.support import Support, Value, finite, interval


def _require(holds: bool, expected: str) -> None:
    if not holds:
        raise ValueError(expected)


@dataclass(frozen=True)
class Distribution:
    """Neutral defaults: depends on nothing, owns a stream of its own, is not stratified."""

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the value below which `share` (0 to 1) of all draws lie, given those `drawn`."""
        raise ValueError("a distribution must say its quantiles")

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the values that can be drawn, given those of the keys it depends on."""
        raise ValueError("a distribution must say its support")

    def form(self) -> object:
        """Return it as a scene file writes it."""
        raise ValueError("a distribution must have a written form")

    def needs(self) -> tuple[str, ...]:
        """Return the keys it depends on."""
        return ()

    def source(self, key: str, drawn: Mapping[str, Value]) -> str:
        """Return the name of the stream that feeds it when it is the value of `key`."""
        return key

    def strata(self) -> int:
        """Return how many neighbouring clips share the range evenly; 1 is not stratified."""
        return 1


@dataclass(frozen=True)
class Constant(Distribution):
    """Always `value`."""

    value: Value

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the value."""
        return self.value

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the value alone."""
        return finite([self.value])

    def form(self) -> object:
        """Return the value."""
        return self.value


@dataclass(frozen=True)
class Uniform(Distribution):
    """Every number from `low` to `high` alike."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require(-inf < self.low <= self.high < inf, "[a, b] with a <= b, both finite")

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return a + share (b - a)."""
        return min(self.low + share * (self.high - self.low), self.high)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return [low, high]."""
        return interval(self.low, self.high)

    def form(self) -> object:
        """Return `{uniform: [a, b]}`."""
        return {"uniform": [self.low, self.high]}


@dataclass(frozen=True)
class LogUniform(Distribution):
    """Every ratio alike: the logarithm is uniform from log `low` to log `high`."""

    low: float
    high: float

    def __post_init__(self) -> None:
        _require(0 < self.low <= self.high < inf, "[a, b] with 0 < a <= b, both finite")

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return a (b / a)^share, kept inside [a, b] against rounding."""
        value = exp(log(self.low) + share * (log(self.high) - log(self.low)))
        return min(max(value, self.low), self.high)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return [low, high]."""
        return interval(self.low, self.high)

    def form(self) -> object:
        """Return `{log_uniform: [a, b]}`."""
        return {"log_uniform": [self.low, self.high]}


@dataclass(frozen=True)
class Normal(Distribution):
    """A bell curve, truncated to [`low`, `high`] (not piled up at the ends)."""

    mean: float
    deviation: float
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        _require(isfinite(self.mean), "[mean, standard deviation], both finite")
        _require(0 < self.deviation < inf, "a standard deviation above 0")
        _require(self.low < self.high, "bounds [a, b] with a < b")
        below, above = self._tails()
        _require(above - below > 1e-9, "bounds that hold some of the curve")

    def _tails(self) -> tuple[float, float]:
        curve = NormalDist(self.mean, self.deviation)
        return tuple(
            curve.cdf(end) if isfinite(end) else float(end > 0) for end in (self.low, self.high)
        )  # type: ignore[return-value]

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the truncated normal's quantile, F^-1(F(a) + share (F(b) - F(a)))."""
        below, above = self._tails()
        inside = min(max(below + share * (above - below), 1e-15), 1 - 1e-15)
        value = NormalDist(self.mean, self.deviation).inv_cdf(inside)
        return min(max(value, self.low), self.high)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return [low, high]."""
        return interval(self.low, self.high)

    def form(self) -> object:
        """Return `{normal: [mean, deviation], bounds: [a, b]}`."""
        bounded = isfinite(self.low) or isfinite(self.high)
        bounds = {"bounds": [self.low, self.high]} if bounded else {}
        return {"normal": [self.mean, self.deviation], **bounds}


@dataclass(frozen=True)
class Choice(Distribution):
    """One of `values`, by `weights`."""

    values: tuple[Value, ...]
    weights: tuple[float, ...]

    def __post_init__(self) -> None:
        _require(len(self.values) == len(self.weights) > 0, "{value: weight, ...}")
        _require(all(0 <= weight < inf for weight in self.weights), "weights of at least 0")
        _require(sum(self.weights) > 0, "a weight above 0")

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the first value whose cumulative weight exceeds `share` of the whole."""
        totals = list(accumulate(self.weights))
        return self.values[bisect_right(totals, share * totals[-1], hi=self._last())]

    def _last(self) -> int:
        return max(number for number, weight in enumerate(self.weights) if weight > 0)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the values that have weight."""
        return finite(v for v, weight in zip(self.values, self.weights, strict=True) if weight > 0)

    def form(self) -> object:
        """Return `{choice: {value: weight, ...}}`."""
        return {"choice": dict(zip(self.values, self.weights, strict=True))}


@dataclass(frozen=True)
class Table(Distribution):
    """A row of a user's table, every row alike.

    Keys that name the same table draw the same row, so that what goes together stays together.

    Attributes:
        file: the Parquet file, as the user wrote it.
        column: column that holds the values.
        digest: of the file's content; the stream's name, so that moving the file changes nothing.
        values: the column.
    """

    file: str
    column: str
    digest: str
    values: tuple[Value, ...] = field(repr=False)

    def __post_init__(self) -> None:
        _require(len(self.values) > 0, "a table with at least one row")

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the value in row floor(share x rows)."""
        return self.values[min(int(share * len(self.values)), len(self.values) - 1)]

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the values of the column."""
        return finite(self.values)

    def source(self, key: str, drawn: Mapping[str, Value]) -> str:
        """Return the table's own stream."""
        return f"table/{self.digest}"

    def form(self) -> object:
        """Return `{table: file, column: name}` with the content's hash."""
        return {"table": self.file.rsplit("/", 1)[-1], "column": self.column, "sha256": self.digest}
