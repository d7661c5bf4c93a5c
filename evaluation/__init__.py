"""The offline judge: a second client of the same Recommender."""
