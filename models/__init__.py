"""What the service knows, and who may read it."""
