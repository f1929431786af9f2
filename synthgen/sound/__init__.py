"""Sound: what sources radiate, how it travels, and what microphones make of it."""
