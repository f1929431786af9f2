"""Streets and who moves on them: the only room that talks to Eclipse SUMO."""
