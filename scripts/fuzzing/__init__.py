"""Hostile input: seeds, what is done to them, and a watched process that reads the result."""
