"""Formats: each writer turns samples into files of one shard."""
