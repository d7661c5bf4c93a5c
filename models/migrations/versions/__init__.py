"""One file per schema change; the number is the revision."""
