"""Kinds of sensors that rigs name by `kind:`, one module each with a value `KIND`."""
