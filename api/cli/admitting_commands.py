"""The options of `releve keys`, `releve roles` and `releve accounts`: who may call, and as what."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from api.cli.options import AsJson


class ScopeName(StrEnum):
    """What a key may do; those of api.callers.Scope, which take long to import."""

    READ = "read"
    WRITE = "write"
    ON_BEHALF_OF = "on-behalf-of"
    ADMIN = "admin"
    SUGGEST = "suggest"


class RoleName(StrEnum):
    """What someone does for the organisation; those of models.tables.OrganisationRole, which take long to import."""

    MANAGER = "manager"
    EVALUATOR = "evaluator"
    ADMINISTRATOR = "administrator"


keys = typer.Typer(help="API keys: what programs show to be let in.", no_args_is_help=True)
roles = typer.Typer(help="Roles: who manages, evaluates and administers.", no_args_is_help=True)
accounts = typer.Typer(help="Accounts: as whom someone who signs in is known.", no_args_is_help=True)

KeyId = Annotated[str, typer.Argument(metavar="ID", help="Id of the key; see: releve keys list.")]
PersonArgument = Annotated[str, typer.Argument(metavar="PERSON", help="Id, e-mail address or full name.")]
RoleArgument = Annotated[RoleName, typer.Argument(metavar="ROLE", help="manager, evaluator or administrator.")]
Unit = Annotated[str | None, typer.Option(help="Unit of a manager, with those under it: id or exact name.")]
Account = Annotated[
    str, typer.Argument(metavar="ACCOUNT", help="What the provider calls them (sub), or what the proxy does.")
]


@keys.command("create")
def create_key(
    name: Annotated[str, typer.Argument(help="Which program it is for.")],
    *,
    scope: Annotated[list[ScopeName], typer.Option(help="What it may do; repeat for several.")],
    origin: Annotated[
        list[str] | None,
        typer.Option(help="Makes a public token, for pages of this origin (scheme://host); with the scope suggest."),
    ] = None,
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days it lasts; no end by default.")] = None,
    as_json: AsJson = False,
) -> None:
    """Make a key, and show it: this once."""
    from api.cli import issuing

    issuing.create(name, [one.value for one in scope], origin or [], days, as_json=as_json)


@keys.command("list")
def list_keys(*, as_json: AsJson = False) -> None:
    """List the keys, without what is secret of them."""
    from api.cli import issuing

    issuing.list_all(as_json=as_json)


@keys.command("rotate")
def rotate_key(
    key_id: KeyId,
    *,
    overlap_hours: Annotated[
        float, typer.Option(min=0, max=24 * 90, help="Hours for which the old one still lets in; none by default.")
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Make a key that takes the place of another, and show it: this once."""
    from api.cli import issuing

    issuing.rotate(key_id, overlap_hours, as_json=as_json)


@keys.command("revoke")
def revoke_key(key_id: KeyId, *, as_json: AsJson = False) -> None:
    """Make a key stop letting in, at once and for good."""
    from api.cli import issuing

    issuing.revoke(key_id, as_json=as_json)


@roles.command("grant")
def grant_role(person: PersonArgument, role: RoleArgument, *, unit: Unit = None, as_json: AsJson = False) -> None:
    """Give a role to a person."""
    from api.cli import granting

    granting.grant(person, role.value, unit, as_json=as_json)


@roles.command("revoke")
def revoke_role(person: PersonArgument, role: RoleArgument, *, unit: Unit = None, as_json: AsJson = False) -> None:
    """Take a role from a person."""
    from api.cli import granting

    granting.revoke(person, role.value, unit, as_json=as_json)


@roles.command("list")
def list_roles(*, as_json: AsJson = False) -> None:
    """List who has which role."""
    from api.cli import granting

    granting.list_all(as_json=as_json)


@accounts.command("link")
def link_account(person: PersonArgument, account: Account) -> None:
    """Let an account of the provider, or of the proxy, sign in as a person."""
    from api.cli import granting

    granting.link(person, account)


@accounts.command("unlink")
def unlink_account(account: Account) -> None:
    """Let an account sign in as nobody."""
    from api.cli import granting

    granting.unlink(account)
