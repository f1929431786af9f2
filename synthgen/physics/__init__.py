"""Bodies with mass: springs, tyres, wind, and what Bullet moves."""
