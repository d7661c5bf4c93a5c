"""Succession: what leaves with whom, and who could take it over."""
