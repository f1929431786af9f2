"""Object stores: where shards go that are not to stay on a local disk."""
