"""Passages: the parts of a document that are embedded and searched."""
