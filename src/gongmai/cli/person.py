"""``gongmai person``: what is kept of a person, and forgetting them."""

import sys

import click
import orjson

from gongmai.core.access.types import SYSTEM
from gongmai.core.personal.actions import erase_person
from gongmai.core.personal.queries import export_person
from gongmai.core.personal.types import NoSuchPerson


@click.group()
def person() -> None:
    """Personal data of one person."""


@person.command()
@click.argument("login")
def export(login: str) -> None:
    """Print everything that is kept of a person as JSON."""
    try:
        found = export_person(SYSTEM, login)
    except NoSuchPerson:
        _refuse(login)
    click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2, default=str).decode())


@person.command()
@click.argument("login")
@click.confirmation_option(prompt="The account ends and its name, telephone and mail are erased. Go on?")
def erase(login: str) -> None:
    """End an account and erase its name, telephone, mail and addresses; the trail keeps the number."""
    try:
        changed = erase_person(SYSTEM, login)
    except NoSuchPerson:
        _refuse(login)
    for model, rows in sorted(changed.items()):
        click.echo(f"{model}: {rows}")


def _refuse(login: str) -> None:
    click.echo(f"There is nobody called {login}.", err=True)
    sys.exit(2)
