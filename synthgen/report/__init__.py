"""Reports for people: contact sheets."""
