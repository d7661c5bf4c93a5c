"""Passages to search."""
