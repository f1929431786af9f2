"""The rasteriser: pyrender draws triangles by OpenGL, on a graphics card or with Mesa in software.

It is the second opinion on masks and depth: nothing in `drawing` or `stage` casts a ray, and
`picture.Raster(world)` shades what they found into plain previews. It is the only importer of
`pyrender` and `OpenGL`, which the extra `raster` installs; this module and `setup` load without.
"""
