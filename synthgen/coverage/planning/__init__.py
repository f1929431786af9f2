"""From targets that are missing to the jobs that make them at least cost."""
