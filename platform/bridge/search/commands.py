"""Commands: `reindex`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from bridge.search.index import live_index


@click.command("reindex")
@with_appcontext
def reindex() -> None:
    """Build the search index from scratch and save it for the workers that start later."""
    with tqdm(desc="Reading profiles", unit=" profiles") as bar:

        def progress(read: int, total: int) -> None:
            bar.total = total
            bar.update(read - bar.n)

        index = live_index().rebuild(progress)
    click.echo(f"{len(index)} published profiles are indexed.")
