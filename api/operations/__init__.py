"""Running the service: logs, metrics, the index kept up to date, webhooks."""
