"""The command line as a person types it, in this process: starting Python takes longer than most commands."""

from __future__ import annotations

import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from unittest.mock import patch

from api.cli.main import run


@dataclass(frozen=True)
class Ended:
    """What a command wrote."""

    stdout: str
    stderr: str


def releve(home: Path, *arguments: str, code: int = 0) -> Ended:
    """Run a command as `releve` does, and expect how it ends."""
    out, err = StringIO(), StringIO()
    environment = {"RELEVE_HOME": str(home), "COLUMNS": "200"}
    with (
        patch.dict(os.environ, environment),
        patch.object(sys, "argv", ["releve", *arguments]),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            run()
            ended: object = 0
        except SystemExit as exited:
            ended = exited.code or 0
    assert ended == code, err.getvalue()
    return Ended(out.getvalue(), err.getvalue())
