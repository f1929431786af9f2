"""Sensors: what a camera and a lidar make of a moment."""
