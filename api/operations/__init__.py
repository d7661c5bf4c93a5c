"""What keeps a server running: logs, metrics, the index follower, workers, deliveries."""
