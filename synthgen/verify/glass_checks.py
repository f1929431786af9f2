"""What the tables say of the glass before cameras, against one another."""

from collections.abc import Mapping

from synthgen.verify.faults import Tally

_SOILS = ("lens_rain", "lens_dirt", "lens_condensation")


def glass_is_clean(environment: Mapping) -> bool:
    """Return whether nothing is on the glass; sets without a word on it (older ones) are clean."""
    return all(environment.get(name, 0.0) == 0 for name in _SOILS)


def check_glass(row: Mapping, tally: Tally) -> None:
    """Shares lie in 0 to 1; clean glass covers nothing, and no more rain reaches it than falls.

    Args:
        row: the frame's row of `frames.parquet`.
        tally: takes what is found.
    """
    for camera in row["cameras"]:
        covered, veiled = camera.get("covered", 0.0), camera.get("veiled", 0.0)
        good = 0 <= covered <= 1 and 0 <= veiled <= 1
        if glass_is_clean(row):
            good = good and covered == veiled == 0
        if row.get("lens_condensation", 0.0) > 0:
            good = good and veiled > 0
        said = f"{camera['name']}: covered {covered}, veiled {veiled}"
        tally.check("glass before the camera", good, row["frame"], 0, said)
    reaching, falling = row.get("lens_rain", 0.0), row.get("rain", 0.0)
    sane = 0 <= reaching <= falling + 1e-9
    tally.check("rain on the glass", sane, row["frame"], 0, f"{reaching} of {falling} mm/h")
