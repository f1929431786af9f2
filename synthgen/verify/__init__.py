"""Second opinions: labels re-derived from other channels, by code of their own."""
