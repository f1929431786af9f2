"""Procedural patterns of `synthgen.materials.Texture`, one module per kind of surface.

Each pattern takes a `Spot` and a material's row of colour and parameters and returns diffuse
colour and a change of roughness. Detail finer than the pixel's footprint fades to its mean, so
that patterns need no filtering.
"""
