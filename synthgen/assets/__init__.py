"""What drives, walks and stands in the world: parametric bodies drawn from a seed."""
