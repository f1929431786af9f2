"""Weather effects: each answers physical questions about the air, and effects add up."""
