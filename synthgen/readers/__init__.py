"""Finished data sets, read back: run, shards, clips, frames, sensor files with their truth."""
