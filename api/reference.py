"""Writes the generated references: the commands with their options, and the OpenAPI document."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

from api.app import create_app
from api.cli.main import app
from api.settings import Settings
from api.wiring import open_service

REFERENCE = Path(__file__).parents[1] / "docs" / "reference"
COMMANDS, OPENAPI = REFERENCE / "commands.md", REFERENCE / "openapi.json"
# Narrow enough for a page, and the same on every terminal.
WIDTH = 96


def write_commands() -> str:
    """Return the reference of every command, those of a group under it, from its own help."""
    parts = ["# Commands\n\nGenerated from the commands' own help by `make docs`.\n"]
    for name, text in _helps(typer.main.get_command(app), "releve"):
        parts.append(f"## {name}\n\n```text\n{text}\n```\n")
    return "\n".join(parts)


def _helps(group: Any, name: str) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - typer keeps its groups' type to itself
    """Yield the name and the help of each command of a group, and of the groups within it."""
    context = group.make_context(name, [], resilient_parsing=True)
    for part in group.list_commands(context):
        command, full_name = group.get_command(context, part), f"{name} {part}"
        own = type(context)(command, info_name=full_name, max_content_width=WIDTH, terminal_width=WIDTH)
        yield full_name, command.get_help(own)
        if hasattr(command, "list_commands"):
            yield from _helps(command, full_name)


def write_openapi() -> str:
    """Return the OpenAPI document."""
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home))
        document = create_app(lambda: open_service(settings), settings).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both files."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    COMMANDS.write_text(write_commands(), encoding="utf-8")
    OPENAPI.write_text(write_openapi(), encoding="utf-8")


if __name__ == "__main__":
    main()
