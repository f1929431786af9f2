"""Running: shards as units of work, workers, progress, resume."""
