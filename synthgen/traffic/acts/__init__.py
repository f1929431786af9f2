"""How each event is played in the running simulation."""
