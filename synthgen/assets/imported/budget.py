"""How large an imported mesh may be."""

MOST_TRIANGLES = 200_000
"""Ours have up to 11,500; one tree of this many takes 0.1 s and 40 MB."""


def check_triangles(count: int) -> None:
    """Raise ValueError unless `count` triangles are at least one and within the budget."""
    if count == 0:
        raise ValueError("has no triangles")
    if count > MOST_TRIANGLES:
        raise ValueError(f"has {count} triangles, at most {MOST_TRIANGLES}")


def check_vertices(count: int) -> None:
    """Raise ValueError when `count` vertices are more than the triangle budget can use."""
    if count > 3 * MOST_TRIANGLES:
        raise ValueError(f"has {count} vertices, at most {3 * MOST_TRIANGLES}")
