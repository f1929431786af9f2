"""What `task=export` wrote, against the data set that it was made from: a module per format."""
