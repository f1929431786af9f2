"""What is known about each thing of a frame, measured once for every format."""
