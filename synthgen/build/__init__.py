"""From a drawn clip to a scene: the city, who is in it, how they move, what is lit."""
