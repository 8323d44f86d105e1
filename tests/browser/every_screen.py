"""Every page × person × (light, dark, three schemes for the visually impaired) × (1440, 390):
`make screens`, a command of its own since it takes many minutes.

The modes are attributes of <html> and a media feature, so a page is opened once and shown in each.
LOCALE says in which language (en-GB; Russian where it says nothing).
A picture of each is kept, with a page to leaf through them: build/screens/index.html, or where
SCREENSHOTS says.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

from bridge.web.appearance import Scheme
from tests.browser.conftest import Server, Visitor
from tests.browser.looking import (
    DEPENDING_ON_MODE,
    DESK,
    PHONE,
    STARTS,
    UNUSABLE,
    Demo,
    Found,
    arrive,
    demo_of,
    judge_accessibility,
    judge_widths,
    judge_words,
    troubles_of,
    walk,
)
from tests.servers import ROOT

SIZES = {"1440": DESK, "390": PHONE}
# Width of the window and size of the text.
WINDOWS = tuple((width, size) for width in (320, 640, 1280) for size in ("100%", "150%", "200%"))
FOLDER = Path(os.environ.get("SCREENSHOTS", ROOT / "build/screens"))
LOCALE = os.environ.get("LOCALE") or "ru-RU"
# Writes a long text and sends its form as if it had been opened in another session.
SEND_STALE = """text => {
  const all = [...document.querySelectorAll("main form textarea")];
  const area = all.find((one) => one.checkVisibility()) ?? all[0];
  const form = area.form;
  area.value = text;
  for (const one of form.querySelectorAll("[name=csrf_token]")) one.value = "stale";
  form.noValidate = true;
  HTMLFormElement.prototype.submit.call(form);
}"""
LONG_TEXT = (
    "Участвовал в студенческом конструкторском бюро: рассчитывал узлы стыковки и вёл чертежи."
)


@dataclass(frozen=True)
class Mode:
    name: str
    media: str
    scheme: Scheme

    def put_on(self, page: Page) -> None:
        page.emulate_media(color_scheme=self.media)  # type: ignore[arg-type]
        page.evaluate("scheme => { document.documentElement.dataset.scheme = scheme }", self.scheme)


MODES = (
    Mode("light", "light", Scheme.SYSTEM),
    Mode("dark", "dark", Scheme.SYSTEM),
    *(Mode(scheme.value, "light", scheme) for scheme in Scheme if scheme is not Scheme.SYSTEM),
)


STYLE = """body{font:14px sans-serif}td,th{vertical-align:top;padding:4px;text-align:left}
img{width:220px;border:1px solid #bbb}th{position:sticky;top:0;background:#fff}
pre{color:#b00020;white-space:pre-wrap;max-width:60ch}"""


@dataclass
class Album:
    """What is to be leafed through: a page for each person, with a row for each of theirs."""

    rows: dict[str, list[tuple[Found, list[str]]]] = field(default_factory=dict)

    def write(self) -> None:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for person in self.rows:
            self._write(f"of-{person}", self._table(person))
        # Also those of an earlier run: people may be looked at one at a time.
        people = sorted(path.stem for path in FOLDER.glob("of-*.html"))
        self._write("index", [f'<p><a href="{name}.html">{name}</a>' for name in people])

    def _table(self, person: str) -> Iterator[str]:
        columns = [f"{mode.name} {size}" for mode in MODES for size in SIZES]
        yield f"<h1>{person}: {len(self.rows[person])} pages, {len(columns)} pictures of each</h1>"
        yield "<table><tr><th>page"
        yield from (f"<th>{column}" for column in columns)
        for found, faults in self.rows[person]:
            yield f"<tr><td>{escape(found.path)}<br>{found.endpoint}"
            yield f"<pre>{escape(chr(10).join(faults))}</pre>"
            for mode in MODES:
                for size in SIZES:
                    name = picture(person, found, mode, size)
                    yield f'<td><a href="{name}"><img loading=lazy src="{name}"></a>'
        yield "</table>"

    def _write(self, name: str, lines: Iterable[str]) -> None:
        head = f"<!doctype html><html lang=en><meta charset=utf-8><title>{name}</title>"
        page = "\n".join([head, f"<style>{STYLE}</style>", *lines])
        (FOLDER / f"{name}.html").write_text(page, "utf-8")


def picture(person: str, found: Found, mode: Mode, size: str) -> str:
    return f"{person}-{found.number:02}-{found.endpoint}-{mode.name}-{size}.jpg"


@pytest.fixture(scope="module")
def demo(university: Server) -> Demo:
    return demo_of(university)


@pytest.fixture(scope="module")
def album() -> Iterator[Album]:
    made = Album()
    yield made
    made.write()


@pytest.fixture
def without_scripts(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context(java_script_enabled=False, locale=LOCALE, viewport=DESK)
    yield context
    context.close()


@pytest.mark.parametrize("person", STARTS)
def test_every_mode(
    demo: Demo, chromium: Browser, without_scripts: BrowserContext, person: str, album: Album
) -> None:
    visitor = arrive(demo, chromium, person, LOCALE)
    FOLDER.mkdir(parents=True, exist_ok=True)
    wrong = []
    without_scripts.add_cookies(visitor.page.context.cookies())  # type: ignore[arg-type]
    plain = Visitor(without_scripts.new_page(), demo.server.url)
    plain.watch()
    with_text: Found | None = None
    for found in walk(demo, visitor.page.context.request, person):
        with_text = with_text or (found if "<textarea" in found.html else None)
        visitor.open(found.path)
        faults = [*judge_words(found.html, LOCALE), *_in_every_mode(visitor, person, found)]
        plain.open(found.path)
        faults += [f"without scripts: {fault}" for fault in plain.page.evaluate(UNUSABLE)]
        album.rows.setdefault(person, []).append((found, faults))
        wrong += [f"{found.path}: {fault}" for fault in faults]
    wrong += troubles_of(visitor) + troubles_of(plain)
    if with_text is not None:
        # Last, since it is a failure that is meant.
        found = _kept(visitor, with_text, len(album.rows[person]))
        faults = [*judge_words(found.html, LOCALE), *_in_every_mode(visitor, person, found)]
        album.rows[person].append((found, faults))
        wrong += [f"kept: {fault}" for fault in faults]
    visitor.page.context.close()
    assert wrong == []


def _kept(visitor: Visitor, with_text: Found, number: int) -> Found:
    """The page that keeps what a form held that may not be sent yet."""
    page = visitor.page
    visitor.open(with_text.path)
    with page.expect_navigation():
        page.evaluate(SEND_STALE, LONG_TEXT)
    page.locator("input[value='stale']").wait_for(state="detached")
    return Found(number, with_text.path, "errors.kept", page.content())


def _in_every_mode(visitor: Visitor, person: str, found: Found) -> Iterator[str]:
    """Of the page that is open."""
    page = visitor.page
    for size, viewport in SIZES.items():
        page.set_viewport_size(viewport)
        for mode in MODES:
            mode.put_on(page)
            rules = () if mode.name == "light" else DEPENDING_ON_MODE
            for fault in judge_accessibility(page, *rules):
                yield f"{mode.name} {size}: {fault}"
            _take(page, FOLDER / picture(person, found, mode, size), viewport)
    MODES[0].put_on(page)
    yield from judge_widths(page, WINDOWS)
    page.set_viewport_size(DESK)


def _take(page: Page, path: Path, viewport: ViewportSize) -> None:
    """The whole page, but of the longest ones the beginning."""
    height = min(int(page.evaluate("document.documentElement.scrollHeight")), 4000)
    clip = {"x": 0, "y": 0, "width": viewport["width"], "height": height}
    page.screenshot(path=path, full_page=True, clip=clip, type="jpeg", quality=60)  # type: ignore[arg-type]
