"""Many machines: Slurm arrays, and what is still to do."""
