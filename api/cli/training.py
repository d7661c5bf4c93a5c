"""The commands that train: encoders."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from recommender.encoders.training import train_encoder
from recommender.encoders.training_config import read_config


def encoder(config: Path) -> None:
    """Train the encoder that a configuration describes, and say where it is."""
    read = read_config(config)
    trained = train_encoder(read)
    Console().print(f"{trained.id}, {trained.dim} dimensions, in {read.output}", soft_wrap=True, markup=False)
