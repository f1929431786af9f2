"""Refuse modules over 400 lines."""

import sys
from pathlib import Path

LIMIT = 400

top = Path(__file__).resolve().parent.parent
lengths = {path: len(path.read_text().splitlines()) for path in (top / "synthgen").rglob("*.py")}
too_long = {path: lines for path, lines in sorted(lengths.items()) if lines > LIMIT}
for path, lines in too_long.items():
    print(f"{path.relative_to(top)}: {lines} lines, at most {LIMIT}")
sys.exit(bool(too_long))
