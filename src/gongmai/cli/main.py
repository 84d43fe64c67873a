"""The ``gongmai`` command. Exit codes: 0 good, 1 findings, 2 usage."""

import os

import click
import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="gongmai")
def cli() -> None:
    """Gongmai: monthly returns, review, panel and indicators of a city's industry."""


def main() -> None:
    """Load the parts and run the command."""
    django.setup()
    cli()
