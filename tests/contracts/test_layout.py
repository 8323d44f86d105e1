"""The traps of the layout, and the order in which features may use each other."""

from __future__ import annotations

import ast
import configparser
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bridge.features import FEATURES

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "platform" / "bridge"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 50
# Within a feature each of these may use those before it.
LAYERS = ("models", "queries", "service", "forms", "views")
# Modules of `web` that are pages; the others are what all features' pages share.
PAGES_OF_WEB = ("bridge.web.views", "bridge.web.appearance")


def python_files(*folders: Path) -> list[Path]:
    return [path for folder in folders for path in sorted(folder.rglob("*.py"))]


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def module_name(path: Path) -> str:
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def running_code(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but those that only the type checker reads."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and ast.unparse(child.test) == "TYPE_CHECKING":
            continue
        yield child
        yield from running_code(child)


def imports_of(path: Path) -> set[str]:
    """Full names of what the module imports when it runs, `from a import b` as `a.b`."""
    names: set[str] = set()
    for node in running_code(parse(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def feature_of(name: str) -> str | None:
    parts = name.split(".")
    return parts[1] if parts[0] == "bridge" and len(parts) > 1 and parts[1] in FEATURES else None


def layer_of(name: str) -> int | None:
    parts = name.split(".")
    return LAYERS.index(parts[2]) if len(parts) > 2 and parts[2] in LAYERS else None


def test_the_standard_library_keeps_its_platform() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()
    program = "import platform, sysconfig; print(platform.__file__, sysconfig.get_path('stdlib'))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    file, library = done.stdout.split()
    assert Path(file).parent == Path(library)


def test_the_list_of_packages_equals_the_tree() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg", encoding="utf-8")
    listed = config["options"]["packages"].split()
    code = {module_name(path) for path in SOURCE.rglob("__init__.py")}
    matcher = {
        ".".join(path.parent.relative_to(ROOT).parts)
        for path in (ROOT / "matching").rglob("__init__.py")
    }
    assert listed == sorted(code | matcher | {"bridge.static", "bridge.templates"})
    without_init = {
        path.parent for path in python_files(SOURCE) if not (path.parent / "__init__.py").exists()
    }
    assert without_init == set()


def test_the_matcher_knows_nothing_of_the_platform() -> None:
    forbidden = {"bridge", "flask", "sqlalchemy", "werkzeug", "jinja2"}
    wrong = {
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(ROOT / "matching")
        for name in imports_of(path)
        if name.split(".")[0] in forbidden
    }
    assert wrong == set()


def test_a_feature_uses_only_the_features_above_its_line() -> None:
    assert {path.name for path in SOURCE.iterdir() if path.is_dir()} - {
        "__pycache__",
        "migrations",
        "translations",
    } == set(FEATURES)
    wrong = set()
    for path in python_files(SOURCE):
        own = feature_of(module_name(path))
        for name in imports_of(path) if own else ():
            other = feature_of(name)
            shared = other == "web" and not name.startswith(PAGES_OF_WEB)
            if other is None or other == own or shared:
                continue
            assert own is not None
            if FEATURES.index(other) > FEATURES.index(own):
                wrong.add(f"{module_name(path)} uses {name}, a later feature")
            elif name.split(".")[2:3] in (["forms"], ["views"]):
                wrong.add(f"{module_name(path)} uses {name}: forms and views are nobody else's")
    assert wrong == set()


def test_a_feature_goes_from_models_to_views() -> None:
    wrong = set()
    for path in python_files(SOURCE):
        module = module_name(path)
        own = layer_of(module)
        for name in imports_of(path) if own is not None else ():
            other = layer_of(name)
            same_feature = feature_of(name) == feature_of(module)
            if same_feature and other is not None and own is not None and other > own:
                wrong.add(f"{module} uses {name}")
    assert wrong == set()


def all_sources() -> list[Path]:
    folders = [ROOT / name for name in ("matching", "tests", "tools", "benchmarks")]
    python = python_files(SOURCE, *(folder for folder in folders if folder.is_dir()))
    others = [*(ROOT / "templates").rglob("*.html"), *(ROOT / "static").rglob("*.css")]
    return [*python, *others, *(ROOT / "static").rglob("*.js")]


@pytest.mark.parametrize("path", all_sources(), ids=lambda path: str(path.relative_to(ROOT)))
def test_files_and_functions_stay_short(path: Path) -> None:
    if path.parent.name == "migrations":
        pytest.skip("a migration is as long as what it changes")
    lines = path.read_text(encoding="utf-8").count("\n")
    assert lines <= MAX_FILE_LINES
    if path.suffix == ".py":
        long = {
            node.name: length
            for node in ast.walk(parse(path))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            and (length := (node.end_lineno or 0) - node.lineno + 1) > MAX_FUNCTION_LINES
        }
        assert long == {}
