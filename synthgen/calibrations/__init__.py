"""Rigs from the calibration files of data sets and robots: `task=rig from=... out=mine.yaml`."""
