"""Judging successors: who took over, on real departures, ranked from what was known before each."""
