"""Light: the sky and its sources, lamps, beams; all in photometric units."""
