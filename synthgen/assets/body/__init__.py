"""The human body: shape, bones, clothes, hair, ways to stand and move."""
