"""What to make: run specs with distributions, and clip specs with every draw made."""
