"""synthgen: a foundry for labelled driving-sensor data."""
