"""The ``gongmai`` command. Exit codes: 0 good, 1 findings, 2 usage."""

import os
import sys
from importlib import import_module
from pkgutil import iter_modules

import click
import django
from django.db import DatabaseError

import gongmai.cli

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")

USAGE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongmai")
def cli() -> None:
    """Gongmai: monthly returns, review, panel and indicators of a city's industry."""


def collect() -> click.Group:
    """The command with the commands of every module of this package; load the settings first.

    A module's commands are its click commands that are not the subcommand of a group.
    """
    for found in iter_modules(gongmai.cli.__path__):
        module = import_module(f"gongmai.cli.{found.name}")
        commands = [value for value in vars(module).values() if isinstance(value, click.Command)]
        groups = [value for value in commands if isinstance(value, click.Group) and value is not cli]
        nested = {id(sub) for group in groups for sub in group.commands.values()}
        for command in commands:
            if command is not cli and id(command) not in nested and command.name not in cli.commands:
                cli.add_command(command)
    return cli


def main() -> None:
    """Load the parts and run the command."""
    django.setup()
    from gongmai.core.access.queries import opened_firms

    try:
        with opened_firms() as opened:
            try:
                collect()(prog_name="gongmai")
            finally:
                _note(opened)
    except DatabaseError as error:
        click.echo(f"The database does not hold what is asked for: {error}. See: gongmai doctor", err=True)
        sys.exit(USAGE)


def _note(opened: set[int]) -> None:
    """The log of readings: which firms a command opened, under the name of the command."""
    if opened:
        from gongmai.core.access.types import SYSTEM
        from gongmai.core.audit.actions import note_reads

        note_reads(SYSTEM, opened, f"gongmai {' '.join(sys.argv[1:3])}")
