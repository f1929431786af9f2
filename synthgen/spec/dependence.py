"""Distributions made of others: dependent on another draw, or spread evenly over clips."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf, isfinite

from synthgen.spec.distribution import Distribution
from synthgen.spec.support import Support, Value, interval
from synthgen.spec.wording import flow


@dataclass(frozen=True)
class Given(Distribution):
    """The case that belongs to the value drawn for `key`."""

    key: str
    cases: tuple[tuple[str, Distribution], ...]

    def _case(self, value: Value) -> Distribution:
        return dict(self.cases)[flow(value)]

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the quantile of the case that holds."""
        return self._case(drawn[self.key]).quantile(share, drawn)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the union over the cases that can hold."""
        points = known[self.key].points
        if points is None:
            raise ValueError(f"`given: {self.key}` to name a key with finitely many values")
        lacking = sorted({flow(point) for point in points} - {name for name, _ in self.cases})
        if lacking:
            raise ValueError(
                f"cases for every value of {self.key}; {', '.join(lacking)} is missing"
            )
        found = Support()
        for name in sorted(flow(point) for point in points):
            found = found.joined(self._case(name).support(known))
        return found

    def needs(self) -> tuple[str, ...]:
        """Return the key, and what the cases depend on."""
        return (self.key, *(need for _, case in self.cases for need in case.needs()))

    def strata(self) -> int:
        """Return the largest number of slices that a case asks for."""
        return max((case.strata() for _, case in self.cases), default=1)

    def source(self, key: str, drawn: Mapping[str, Value]) -> str:
        """Return the stream of the case that holds."""
        return self._case(drawn[self.key]).source(key, drawn)

    def form(self) -> object:
        """Return `{given: key, cases: {value: distribution, ...}}`."""
        return {"given": self.key, "cases": {name: case.form() for name, case in self.cases}}


@dataclass(frozen=True)
class Scaled(Distribution):
    """`by` times the value drawn for `key`, plus `offset`, clipped to [`low`, `high`]."""

    key: str
    by: float
    offset: Distribution
    low: float = -inf
    high: float = inf

    def __post_init__(self) -> None:
        if not isfinite(self.by):
            raise ValueError("`by` to be a finite number")
        if not self.low < self.high:
            raise ValueError("bounds [a, b] with a < b")

    def _clipped(self, value: float) -> float:
        return min(max(value, self.low), self.high)

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return by x drawn + the offset's quantile, clipped."""
        rest = self.offset.quantile(share, drawn)
        return self._clipped(self.by * float(drawn[self.key]) + float(rest))

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the interval that by x [other] + [offset] spans, clipped."""
        other, rest = known[self.key], self.offset.support(known)
        if other.names or rest.names:
            raise ValueError("numbers: names cannot be scaled")
        ends = sorted((self.by * other.low, self.by * other.high)) if self.by else [0.0, 0.0]
        return interval(self._clipped(ends[0] + rest.low), self._clipped(ends[1] + rest.high))

    def needs(self) -> tuple[str, ...]:
        """Return the key, and what the offset depends on."""
        return (self.key, *self.offset.needs())

    def strata(self) -> int:
        """Return the offset's number of slices."""
        return self.offset.strata()

    def source(self, key: str, drawn: Mapping[str, Value]) -> str:
        """Return the offset's stream."""
        return self.offset.source(key, drawn)

    def form(self) -> object:
        """Return `{scale: key, by: number, offset: distribution, bounds: [a, b]}`."""
        bounded = isfinite(self.low) or isfinite(self.high)
        bounds = {"bounds": [self.low, self.high]} if bounded else {}
        return {"scale": self.key, "by": self.by, "offset": self.offset.form(), **bounds}


@dataclass(frozen=True)
class Stratified(Distribution):
    """`inner`, spread evenly: of every `count` neighbouring clips each takes another slice.

    Each key shuffles its slices by itself, so that several stratified keys form a Latin hypercube.

    Source: M. McKay, R. Beckman and W. Conover, "A comparison of three methods for selecting
    values of input variables", Technometrics 21, 1979.
    """

    inner: Distribution
    count: int = 16

    def __post_init__(self) -> None:
        if self.count < 1:
            raise ValueError("strata to be a whole number of at least 1")

    def quantile(self, share: float, drawn: Mapping[str, Value]) -> Value:
        """Return the inner quantile."""
        return self.inner.quantile(share, drawn)

    def support(self, known: Mapping[str, Support]) -> Support:
        """Return the inner support."""
        return self.inner.support(known)

    def needs(self) -> tuple[str, ...]:
        """Return what the inner one depends on."""
        return self.inner.needs()

    def source(self, key: str, drawn: Mapping[str, Value]) -> str:
        """Return the inner stream."""
        return self.inner.source(key, drawn)

    def strata(self) -> int:
        """Return the number of slices."""
        return self.count

    def form(self) -> object:
        """Return `{stratified: distribution, strata: count}`."""
        return {"stratified": self.inner.form(), "strata": self.count}
