"""What labels do not tell, measured from the pictures themselves: conditions and curation."""
