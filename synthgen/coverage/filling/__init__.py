"""`task=fill`: a plan is made, counted by what came out, and topped up."""
