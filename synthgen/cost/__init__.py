"""What a data set will cost, from a measured pilot: task=estimate."""
