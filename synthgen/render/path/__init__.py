"""The path tracer: Mitsuba 3 finds and tests rays, Dr.Jit shades, Open Image Denoise cleans up.

The only importer of `mitsuba`, `drjit` and `pyoidn`, which the extra `path` installs. This module
and `setup` load without them; `picture.Path(world)` is the renderer.
"""
