"""Templates import what they use, and the platform gives them no name that none of them uses."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from bridge import create_app
from tests.conftest import make_config

ROOT = Path(__file__).resolve().parents[2] / "templates"


@pytest.fixture
def environment(tmp_path: Path) -> Environment:
    return create_app(make_config(tmp_path)).jinja_env


def parsed(environment: Environment) -> dict[str, nodes.Template]:
    """Every template of a page, a part or a letter, by its name."""
    return {
        str(path.relative_to(ROOT)): environment.parse(path.read_text(encoding="utf-8"))
        for path in sorted(ROOT.rglob("*"))
        if path.is_file()
    }


def imported(template: nodes.Template) -> set[str]:
    """The names that a template imports, as it calls them."""
    names = [name for found in template.find_all(nodes.FromImport) for name in found.names]
    return {name if isinstance(name, str) else name[1] for name in names} | {
        found.target for found in template.find_all(nodes.Import)
    }


def used(template: nodes.Template) -> set[str]:
    names = {name.name for name in template.find_all(nodes.Name) if name.ctx == "load"}
    filters = {found.name for found in template.find_all(nodes.Filter)}
    return names | filters | {found.name for found in template.find_all(nodes.Test)}


def named(asked: nodes.Expr, names: Iterable[str]) -> set[str]:
    """The templates that an include or an extension may mean: some say how the name begins."""
    first = asked.nodes[0] if isinstance(asked, nodes.Concat) else asked
    assert isinstance(first, nodes.Const), "which templates may that be?"
    if first is asked:
        return {first.value}
    return {name for name in names if name.startswith(first.value)}


def readers(templates: dict[str, nodes.Template]) -> dict[str, set[str]]:
    """The templates that see the imports of each: those that it includes, those that extend it."""
    found: dict[str, set[str]] = {name: set() for name in templates}
    for name, template in templates.items():
        for include in template.find_all(nodes.Include):
            found[name] |= named(include.template, templates)
        for parent in template.find_all(nodes.Extends):
            for one in named(parent.template, templates):
                found[one].add(name)
    return found


def test_every_imported_name_is_used(environment: Environment) -> None:
    templates = parsed(environment)
    seen_by, unused = readers(templates), {}
    for name, template in templates.items():
        reach = {name}
        while (more := reach.union(*(seen_by[one] for one in reach))) != reach:
            reach = more
        if missing := imported(template).difference(*(used(templates[one]) for one in reach)):
            unused[name] = sorted(missing)
    assert unused == {}
    assert len(templates) > 200


def test_every_name_of_ours_is_used(environment: Environment) -> None:
    given = {**environment.globals, **environment.filters, **environment.tests}
    ours = {
        name
        for name, value in given.items()
        # What Jinja itself asks for is called by `_` and `trans`.
        if str(getattr(value, "__module__", "")).startswith("bridge.") and "gettext" not in name
    }
    assert len(ours) > 20
    uses = set().union(*map(used, parsed(environment).values()))
    assert sorted(ours - uses) == []
