"""From sources to the store."""
