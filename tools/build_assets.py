"""Build the icon sprite and the font from their packages: `python tools/build_assets.py`.

Both are products, kept out of the repository: `static/img/icons.svg` holds the icons that the
templates and the code name, `static/fonts/onest.woff2` the letters of the languages we write.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree
from zipfile import ZipFile

import fontpkg_onest
import lucide
from fontTools.subset import Options, Subsetter, load_font, save_font
from fontTools.varLib import instancer

ROOT = Path(__file__).resolve().parents[1]
SVG = "http://www.w3.org/2000/svg"
# Latin with its accents, Cyrillic with the letters of the peoples of Russia, punctuation, the
# signs of the rouble and the euro, №, arrows, minus, check marks.
LETTERS = (
    (0x0020, 0x017F),
    (0x0400, 0x052F),
    (0x2010, 0x2027),
    (0x2030, 0x203A),
    (0x20AC, 0x20AC),
    (0x20BD, 0x20BD),
    (0x2116, 0x2116),
    (0x2190, 0x2199),
    (0x2212, 0x2212),
    (0x2248, 0x2265),
)
PRINT_WEIGHTS = {"onest-regular.ttf": 400, "onest-bold.ttf": 680}
LITERAL = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
EXPRESSION = re.compile(r"\{[{%](.*?)[}%]\}", re.DOTALL)
NAMED = re.compile(r"""\b_?icon\(\s*["']([a-z0-9-]+)["']""")


def template_words(source: str) -> Iterator[str]:
    """String literals of a template's expressions."""
    for expression in EXPRESSION.findall(source):
        yield from LITERAL.findall(expression)


def code_words(source: str) -> Iterator[str]:
    """String literals of a module."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def used_icons(root: Path, known: set[str]) -> set[str]:
    """Names of the icons in use: every literal that is one. A few words that only look like icons
    come along, which costs less than an icon that is missing because its name was passed on."""
    words: set[str] = set()
    for path in sorted((root / "templates").rglob("*.html")):
        source = path.read_text(encoding="utf-8")
        if unknown := set(NAMED.findall(source)) - known:
            raise SystemExit(f"{path.name}: lucide has no icon {', '.join(sorted(unknown))}")
        words.update(template_words(source))
    for path in sorted((root / "platform").rglob("*.py")):
        words.update(code_words(path.read_text(encoding="utf-8")))
    return words & known


def symbol(name: str, drawing: bytes) -> ElementTree.Element:
    """One drawing of lucide as a <symbol>; strokes and fills come from the style sheet."""
    source = ElementTree.fromstring(drawing)  # noqa: S314 - a file of an installed package
    target = ElementTree.Element(f"{{{SVG}}}symbol", id=name, viewBox=source.attrib["viewBox"])
    target.extend(source)
    return target


def build_icons(root: Path, target: Path) -> int:
    """Write the sprite; return the number of icons."""
    ElementTree.register_namespace("", SVG)
    sprite = ElementTree.Element(f"{{{SVG}}}svg")
    with ZipFile(Path(lucide.__file__).parent / "lucide.zip") as archive:
        known = {name.removesuffix(".svg") for name in archive.namelist()}
        for name in sorted(used_icons(root, known)):
            sprite.append(symbol(name, archive.read(f"{name}.svg")))
    for element in sprite.iter():
        element.text = element.tail = None
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(ElementTree.tostring(sprite))
    return len(sprite)


def build_font(target: Path) -> int:
    """Write the subset of the variable font; return its size in bytes."""
    (source,) = (fontpkg_onest.ROOT / "files").glob("*.ttf")
    options = Options(
        flavor="woff2", hinting=False, layout_features=["kern", "liga", "tnum", "locl", "ccmp"]
    )
    font = load_font(str(source), options)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for a, b in LETTERS for code in range(a, b + 1)])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_font(font, str(target), options)
    return target.stat().st_size


def build_print_font(target: Path, weight: int) -> None:
    """Write one weight of the font for documents, whose readers know no variable fonts."""
    (source,) = (fontpkg_onest.ROOT / "files").glob("*.ttf")
    options = Options(hinting=False, layout_features=["kern", "liga"])
    font = load_font(str(source), options, lazy=False)
    instancer.instantiateVariableFont(font, {"wght": weight}, inplace=True)
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=[code for a, b in LETTERS for code in range(a, b + 1)])
    subsetter.subset(font)
    target.parent.mkdir(parents=True, exist_ok=True)
    save_font(font, str(target), options)


def main() -> None:
    static = ROOT / "static"
    icons = build_icons(ROOT, static / "img" / "icons.svg")
    for name, weight in PRINT_WEIGHTS.items():
        build_print_font(static / "fonts" / name, weight)
    size = build_font(static / "fonts" / "onest.woff2")
    print(f"{icons} icons, font of {size / 1000:.0f} KB")


if __name__ == "__main__":
    main()
