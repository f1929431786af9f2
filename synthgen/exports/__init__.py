"""Formats that a finished data set can be turned into: one module or room each, found by name."""
