"""Options that several commands share."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer


class IntentName(StrEnum):
    """What the asker wants of the ranking."""

    EXPERTISE = "expertise"
    ROUTING = "routing"


class LanguageName(StrEnum):
    """Languages of the answers."""

    FR = "fr"
    EN = "en"


AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
