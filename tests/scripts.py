"""Programs of `scripts/` as modules, for tests of what they compute and of what they set up."""

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

SCRIPTS = Path(__file__).parents[1] / "scripts"


def script(name: str) -> ModuleType:
    """Return `scripts/<name>.py` as a module, the same one to all who ask.

    It is known by its name while it is read, as dataclasses want it, and later too.
    """
    if name not in sys.modules:
        found = spec_from_file_location(name, SCRIPTS / f"{name}.py")
        module = sys.modules[name] = module_from_spec(found)
        found.loader.exec_module(module)
    return sys.modules[name]
