"""Places: street networks turned into ground, roads, markings, buildings and a horizon."""
