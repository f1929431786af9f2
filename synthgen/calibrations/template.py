"""What calibration files do not say, taken from the rigs that come along."""

from collections.abc import Mapping
from typing import Any

from omegaconf import OmegaConf

from synthgen.config_compose import folder

Tree = dict[str, Any]

OPTICS: Mapping[str, Any] = {
    "camera": "ar0231at", "f_number": 2.0, "focus": 0.0, "lens_transmission": 0.9,
    "vignetting": 0.15, "glare": 0.02, "blur": 0.5, "ghosts": 1e-4, "glass": 0.02, "wiped": False,
}  # fmt: skip
"""Make and lens of a camera of which nothing but its geometry is known."""


def known_rig(name: str) -> Tree:
    """Return the tree of rig `name` of ours."""
    tree = OmegaConf.to_container(OmegaConf.load(folder() / f"rig/{name}.yaml"), resolve=True)
    assert isinstance(tree, dict)
    return {str(key): value for key, value in tree.items()}


def without(tree: Mapping[str, Any], *names: str) -> Tree:
    """Return `tree` without some keys."""
    return {key: value for key, value in tree.items() if key not in names}
