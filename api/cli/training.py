"""The commands that train: encoders."""

from __future__ import annotations

import shlex
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from api.settings import Settings
from api.wiring import OWN_RANKERS, open_service
from evaluation.own_ranker import train_own_ranker
from evaluation.prepared import PrepareOptions
from models.errors import InvalidInputError
from models.queries.learning import stream_learning_documents
from recommender.encoders.adaptation import Adaptation, adapt_encoder, describe_gain, describe_general
from recommender.encoders.choose import load_encoder
from recommender.encoders.own_pairs import READ_CHARS, collect_pairs
from recommender.encoders.static import StaticEncoder
from recommender.encoders.training import train_encoder
from recommender.encoders.training_config import read_config


def encoder(config: Path | None, start: str | None, output: Path | None) -> None:
    """Train the encoder that a configuration describes, or adapt one; then say where it is."""
    if config is not None and start is None and output is None:
        read = read_config(config)
        trained = train_encoder(read)
        _print(f"{trained.id}, {trained.dim} dimensions, in {read.output}")
    elif start is not None and config is None:
        adapt(start, output)
    else:
        message = (
            "Give either --config FILE, to train an encoder (the file says where it goes), or --from bundled, to adapt "
            "one to your organisation (--output says where it goes)."
        )
        raise InvalidInputError(message)


def adapt(name: str, output: Path | None) -> None:
    """Adapt an encoder to the organisation's texts, and say what that gained and how to use it."""
    start = load_encoder(name)
    if not isinstance(start, StaticEncoder):
        message = f"'{name}' cannot be adapted; choose bundled or the folder of a static encoder."
        raise InvalidInputError(message)
    settings = Settings()
    with open_service(settings) as service, service.store.read() as session:
        pairs = collect_pairs(stream_learning_documents(session, datetime.now(UTC).date(), READ_CHARS))
    place = (output or settings.home / "encoder").absolute()
    _report(adapt_encoder(start, pairs, place), place)


def ranker(output: Path | None, seed: int) -> None:
    """Train the organisation's own ranker, and say whether it is in use."""
    settings = Settings()
    with open_service(settings) as service:
        service.index()
    options = PrepareOptions(
        seed=seed, encoder=settings.encoder, home=settings.home, database_url=settings.database_url
    )
    place = (output or settings.home / OWN_RANKERS).absolute()
    trained = train_own_ranker(options, place)
    change = f"mean reciprocal rank {trained.before:.3f} before, {trained.after:.3f} after"
    _print(f"Learned from {trained.learned} questions, judged by {trained.judged} newer ones: {change}.")
    if trained.kept:
        _print(f"The ranker is in {place}.")
    else:
        _print("That is no sure gain: nothing is written, and the ranker in use stays as it is.")


def _report(adapted: Adaptation, place: Path) -> None:
    """Say what was learned and gained, and what to do next."""
    _print(f"{adapted.encoder.id}, learned from {adapted.learned} pairs of texts in {adapted.seconds:.0f} s")
    if adapted.strength < 1:
        _print(f"at strength {adapted.strength}, because more would have cost general quality")
    _print(f"Your texts: {describe_gain(adapted.gain, adapted.held_out)}.")
    _print(f"In general: {describe_general(adapted.general)}.")
    _print("It holds traces of your documents: keep it where your store is, under the same protection.")
    _print(f"To use it, set RELEVE_ENCODER={shlex.quote(str(place))} and make the index anew: releve index --rebuild")


def _print(line: str) -> None:
    Console().print(line, soft_wrap=True, markup=False, highlight=False)
