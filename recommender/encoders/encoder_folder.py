"""The place of an adapted encoder: a link to a whole folder, moved from the old one to the new in one step."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from models.errors import InvalidInputError, LockedError
from recommender.encoders.static import StaticEncoder


@contextmanager
def writing_encoder(output: Path) -> Iterator[None]:
    """Be the one who writes an encoder to this place, which is free or holds one written so before.

    Raises:
        InvalidInputError: something else is there.
        LockedError: another process writes there.
    """
    output.parent.mkdir(parents=True, exist_ok=True)
    if output.exists() and not output.is_symlink():
        message = f"'{output}' is there already, and no adaptation wrote it; name another folder with --output."
        raise InvalidInputError(message)
    lock = output.with_name(f"{output.name}.lock")
    try:
        with FileLock(lock, timeout=0):
            _remove_leftovers(output)
            yield
    except Timeout:
        message = f"Another adaptation is writing '{output}'; wait until it releases {lock}."
        raise LockedError(message) from None


def unfinished_folder(output: Path) -> Path:
    """Make a folder to write an encoder for this place to, before it is published."""
    return Path(tempfile.mkdtemp(prefix=f"{_prefix(output)}unfinished-", dir=output.parent))


def publish_encoder(folder: Path, output: Path) -> None:
    """Put an encoder in its place: whoever opens `output` finds the old one or the new one, whole.

    Args:
        folder: from unfinished_folder; renamed after the encoder's id.
    """
    name = StaticEncoder.load(folder).id.rpartition(":")[2]
    final = output.with_name(f"{_prefix(output)}{name}")
    if not final.exists():
        folder.chmod(0o755)
        folder.rename(final)
    link = output.with_name(f"{_prefix(output)}link")
    link.unlink(missing_ok=True)
    link.symlink_to(final.name)
    link.replace(output)
    _remove_leftovers(output)


def _remove_leftovers(output: Path) -> None:
    """Remove what earlier adaptations left beside: unfinished folders, and encoders replaced since."""
    current = output.resolve()
    for path in output.parent.glob(f"{_prefix(output)}*"):
        if path.is_dir() and not path.is_symlink() and path.resolve() != current:
            shutil.rmtree(path, ignore_errors=True)


def _prefix(output: Path) -> str:
    """Return how the names of the folders that hold encoders for this place begin."""
    return f".{output.name}-adapted-"
