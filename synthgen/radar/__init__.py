"""Radar at 77 GHz: what bodies, walls, roads and rain send back, and what a radar reports of it."""
