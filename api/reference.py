"""Writes the generated references: the commands with their options, and the OpenAPI document."""

from __future__ import annotations

import json
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
    """Return the reference of every command, from its own help."""
    group = typer.main.get_command(app)
    parts = ["# Commands\n\nGenerated from the commands' own help by `make docs`.\n"]
    context = group.make_context("releve", [], resilient_parsing=True)
    for name, command in _commands(group, context, "releve"):
        own = type(context)(command, info_name=name, max_content_width=WIDTH, terminal_width=WIDTH)
        parts.append(f"## {name}\n\n```text\n{command.get_help(own)}\n```\n")
    return "\n".join(parts)


def _commands(group: Any, context: Any, start: str) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 (of the package that Typer holds)
    """Yield the full name of each command, and the command; those of a group follow it."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield f"{start} {name}", command
        if hasattr(command, "list_commands"):
            yield from _commands(command, context, f"{start} {name}")


def write_openapi() -> str:
    """Return the OpenAPI document."""
    document = create_app(lambda: open_service(Settings())).openapi()
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def main() -> None:
    """Write both files."""
    REFERENCE.mkdir(parents=True, exist_ok=True)
    COMMANDS.write_text(write_commands(), encoding="utf-8")
    OPENAPI.write_text(write_openapi(), encoding="utf-8")


if __name__ == "__main__":
    main()
