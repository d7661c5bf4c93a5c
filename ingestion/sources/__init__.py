"""One module per import format."""
