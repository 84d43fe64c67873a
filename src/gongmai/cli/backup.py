"""``gongmai backup`` and ``gongmai restore``."""

import sys
from pathlib import Path

import click

from gongmai.cli.printing import progress_bar
from gongmai.core.backup.actions import make_backup
from gongmai.core.backup.actions import restore as restore_backup
from gongmai.core.backup.messages import DIFFERENCES, word
from gongmai.core.backup.queries import verify_backup
from gongmai.core.backup.types import BackupError

USAGE = 2
FOLDER = click.Path(path_type=Path, file_okay=False)


class _MakeByDefault(click.Group):
    """``backup DIR`` is short for ``backup make DIR``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the name of the default command before what names none."""
        if args and args[0] not in self.commands and args[0] not in {"-h", "--help"}:
            args.insert(0, "make")
        return super().parse_args(ctx, args)


@click.group(cls=_MakeByDefault)
def backup() -> None:
    """Copy the whole installation while people work: `gongmai backup DIR`."""


@backup.command()
@click.argument("place", type=FOLDER)
@click.option(
    "--with-keys", is_flag=True, help="Add the installation's secrets; keep such a backup under lock."
)
def make(*, place: Path, with_keys: bool) -> None:
    """Write a backup to the new or empty folder PLACE."""
    with _worded(), progress_bar() as report:
        manifest = make_backup(place, with_keys=with_keys, progress=report)
    rows = sum(mark.rows for mark in manifest.tables.values())
    size = sum(mark.size for mark in manifest.files.values()) / 1024**2
    click.echo(
        f"{place}: {len(manifest.tables)} tables, {rows} rows, {len(manifest.files)} files, {size:.1f} MiB"
    )


@backup.command()
@click.argument("place", type=FOLDER)
def verify(*, place: Path) -> None:
    """Read the backup in PLACE and compare all with its manifest. Exit code 1 on a difference."""
    with _worded():
        differences = verify_backup(place)
    for difference in differences:
        click.echo(f"{difference.name}: {DIFFERENCES[difference.code]}")
    click.echo(f"{len(differences)} differences")
    sys.exit(bool(differences))


@click.command()
@click.argument("place", type=FOLDER)
def restore(*, place: Path) -> None:
    """Fill this empty installation from the backup in PLACE; refuse where anything is here already."""
    with _worded(), progress_bar() as report:
        manifest = restore_backup(place, progress=report)
    rows = sum(mark.rows for mark in manifest.tables.values())
    click.echo(
        f"restored the state of {manifest.made_at}: {len(manifest.tables)} tables, {rows} rows, "
        "all as they were"
    )
    click.echo(
        "Next: python -m gongmai.manage migrate (a newer release), gongmai doctor, gongmai trail verify."
    )


class _worded:  # noqa: N801 - reads as a word where it is used
    """A BackupError becomes its words and exit code 2."""

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        """Word the error."""
        if isinstance(error, BackupError):
            click.echo(word(error), err=True)
            sys.exit(USAGE)
