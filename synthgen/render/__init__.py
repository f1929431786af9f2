"""Renderers: from first hits to the light that reaches a camera.

Every renderer answers one question, in photometric units:

    radiance(tracer, moment, view, hits, air, seed) -> Float32[h, w, 3]

linear sRGB-primaries radiance [cd/m2] at the camera, air included, lens not. `hits` are the first
hits of the view's pixel-centre rays, row by row. The same arguments give the same bytes.
`raycast.Raycast(world)` is the default: Embree rays, shading in compiled loops, one thread.
"""
