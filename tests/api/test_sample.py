"""The demonstration, over what an earlier one left."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli.main import app


@pytest.mark.slow
def test_a_demonstration_over_an_index_of_another_encoder_makes_it_anew(tmp_path: Path) -> None:
    for encoder in ("words", "bundled"):
        shown = CliRunner().invoke(app, ["demo"], env={"RELEVE_HOME": str(tmp_path), "RELEVE_ENCODER": encoder})
        assert shown.exit_code == 0, shown.output
        assert "Lucien Bois-Clair" in shown.stdout
