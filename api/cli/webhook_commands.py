"""The `releve webhooks` commands."""

from __future__ import annotations

from typing import Annotated

import typer

from api.cli.options import AsJson

webhooks = typer.Typer(help="Addresses told of solicitations and suggestions.", no_args_is_help=True)


@webhooks.command()
def add(
    url: Annotated[str, typer.Argument(help="Where to send; https, public unless RELEVE_WEBHOOK_HOSTS names it.")],
    *,
    event: Annotated[
        list[str],
        typer.Option(
            help="solicitation.created, solicitation.settled, suggestion.created or transfer_step.due; once for each."
        ),
    ],
    as_json: AsJson = False,
) -> None:
    """Make a webhook and show the secret that signs what it is sent, this once."""
    from api.cli import hooking

    hooking.add(url, event, as_json=as_json)


@webhooks.command("list")
def list_all(*, as_json: AsJson = False) -> None:
    """Show every webhook."""
    from api.cli import hooking

    hooking.list_all(as_json=as_json)


@webhooks.command()
def remove(
    webhook_id: Annotated[str, typer.Argument(metavar="ID", help="As `releve webhooks list` shows it.")],
) -> None:
    """Delete a webhook with its deliveries."""
    from api.cli import hooking

    hooking.remove(webhook_id)
