"""Commands of the vocabulary."""

from __future__ import annotations

import click
from flask.cli import with_appcontext
from tqdm import tqdm

from bridge.extensions import db
from bridge.skills import service
from bridge.skills.vocabulary import shipped_vocabulary


@click.command("sync-vocabulary")
@with_appcontext
def sync_vocabulary() -> None:
    """Take the shipped vocabulary of skills over into the database."""
    concepts = shipped_vocabulary().concepts
    with tqdm(concepts.values(), unit="", disable=None, leave=False) as progress:
        counts = service.sync(progress)
    db.session.commit()
    click.echo(", ".join(f"{name}: {count}" for name, count in counts.items()))
