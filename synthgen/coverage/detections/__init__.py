"""A detector's results held against labels: where it fails, cell by cell."""
