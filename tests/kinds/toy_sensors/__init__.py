"""Kinds of sensors that only tests know."""
