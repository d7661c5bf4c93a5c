"""Reads of the store, one module per kind of thing read."""
