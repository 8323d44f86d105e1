"""Every page of the demo university, as each of its people: accessible, nothing wider than the
window, nothing wrong in the console, not a word in the wrong language.

The pages are found as people find them, by following links from the first one. Of each kind of
page (an endpoint) a few are looked at, since a request or a case looks different in each state.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from bridge import create_app
from bridge.demo.people import PASSWORD
from tests.browser.conftest import (
    Mailbox,
    Server,
    Visitor,
    base_environment,
    running,
)
from tests.conftest import make_config
from tests.ports import free_port

RUSSIAN = Path(__file__).parents[2] / "platform/bridge/translations/ru/LC_MESSAGES/messages.po"
# Where each person begins, besides the first page: what no link leads to.
STARTS = {
    "nobody": ("/forgot", "/letter-sent", "/employers/applied", "/no-such-page",
               "/confirm/nonsense", "/reset/nonsense", "/invitation/nonsense",
               "/notices/unsubscribe/nonsense"),
    "student": (), "hr": ("/hr/requests?state=change",), "staff": (),
    "admin": ("/admin/accounts",),
}  # fmt: skip
AS_MANY = {"contacts.detail": 3, "moderation.case": 4}
# Answers that are no pages to look at, or that a form leads to.
NOT_PAGES = {"static", "web.healthz", "web.readyz", "skills.suggest", "demo.letter"}
FAILURES_MEANT = (404, 410)
RUN_AXE = 'axe.run({resultTypes: ["violations"]}).then((result) => result.violations)'
DESK = ViewportSize(width=1440, height=900)
# Width in pixels and size of the text.
WINDOWS = ((320, "100%"), (320, "200%"), (640, "150%"), (1280, "200%"))
TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const texts = [document.title];
  while (walker.nextNode()) texts.push(walker.currentNode.data);
  for (const name of ["aria-label", "title", "placeholder", "alt"])
    for (const element of document.querySelectorAll(`[${name}]`))
      texts.push(element.getAttribute(name));
  return texts.map((text) => text.replace(/\\s+/g, " ").trim());
}"""
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth - edge;
  const beyond = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > edge + 1);
  return wide > 0 ? `${wide} px: ${beyond.slice(-3).map((element) => element.outerHTML)}` : "";
}"""


@dataclass(frozen=True)
class Demo:
    server: Server
    app: Flask

    @property
    def addresses(self) -> MapAdapter:
        return self.app.url_map.bind(urlsplit(self.server.url).netloc)

    def endpoint(self, path: str) -> str:
        try:
            return str(self.addresses.match(urlsplit(path).path)[0])
        except HTTPException:
            return "nothing"


@pytest.fixture(scope="module")
def demo(sqlite_with_vocabulary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder, port = tmp_path_factory.mktemp("demo-pages"), free_port()
    shutil.copy(sqlite_with_vocabulary, folder / "bridge.db")
    server = Server(
        f"http://127.0.0.1:{port}",
        base_environment(folder) | {"BRIDGE_MODE": "demo", "PORT": str(port), "WORKERS": "2"},
        Mailbox(),
    )
    server.flask("demo")
    with running(server.url, server.environment, folder / "server.log"):
        yield Demo(server, create_app(make_config(folder, BRIDGE_MODE="demo")))


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The endpoints that somebody has looked at."""
    return set()


def arrive(demo: Demo, chromium: Browser, person: str, locale: str) -> Visitor:
    # Without transitions, which would show the old theme's colours for a moment.
    context = chromium.new_context(locale=locale, reduced_motion="reduce", viewport=DESK)
    context.set_default_timeout(15_000)
    visitor = Visitor(context.new_page(), demo.server.url)
    if person != "nobody":
        visitor.open("/sign-in")
        visitor.page.locator("[name=email]").fill(f"{person}@demo.test")
        visitor.page.locator("[name=password]").fill(PASSWORD)
        visitor.page.locator("[name=password]").press("Enter")
        visitor.page.locator("#account-menu").wait_for()
    if visitor.page.locator("html").get_attribute("lang") not in (None, locale[:2]):
        visitor.page.locator(f".tools button[value={locale[:2]}]").click()
        visitor.page.locator(f"html[lang={locale[:2]}]").wait_for()
    visitor.watch()
    return visitor


def walk(demo: Demo, context: BrowserContext, person: str) -> list[str]:
    """The pages that `person` comes to, a few of each kind, those of state first."""
    waiting, met, pages = deque(["/", *STARTS[person]]), set[str](), []
    looked: Counter[str] = Counter()
    while waiting:
        path = waiting.popleft()
        endpoint = demo.endpoint(path)
        enough = looked[endpoint] >= AS_MANY.get(endpoint, 1) and path not in STARTS[person]
        if (
            endpoint in NOT_PAGES
            or path in met
            or enough
            or (person == "admin" and not endpoint.startswith("admin."))
        ):
            continue
        met.add(path)
        answer = context.request.get(demo.server.url + path)
        assert answer.ok or answer.status in FAILURES_MEANT, f"{path}: {answer.status}"
        looked[endpoint] += 1
        pages.append(path)
        html = answer.text()
        waiting.extend(links(html))
        if endpoint == "candidates.ranked":
            chosen = re.findall(r'name="c"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="c"', html)
            marks = "&".join(f"c={one or other}" for one, other in chosen[:3])
            waiting.append(f"{path.split('?')[0].removesuffix('candidates')}compare?{marks}")
    return pages


def links(html: str) -> Iterable[str]:
    for found in re.findall(r'<a\b[^>]*\shref="(/[^"#]*)', html):
        yield found.replace("&amp;", "&")


def wrong_words(locale: str) -> set[str]:
    """Whole texts that belong to the other language and are written differently in this one."""
    with RUSSIAN.open("rb") as file:
        messages = [one for one in read_po(file) if isinstance(one.id, str) and one.id]
    pairs = [(one.id, one.string) for one in messages if "%" not in one.id]
    here, there = (1, 0) if locale.startswith("ru") else (0, 1)
    known = {pair[here] for pair in pairs}
    return {pair[there] for pair in pairs} - known - {""}


def judge_accessibility(page: Page) -> Iterator[str]:
    """On a desk in the light and on a phone in the dark."""
    page.evaluate(Axe().axe_script)
    for width, height, scheme in ((1440, 900, "light"), (390, 844, "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for rule in page.evaluate(RUN_AXE):
            for node in rule["nodes"]:
                yield f"{width}: {rule['id']}: {node['target']} {node['failureSummary']}"


def judge_widths(page: Page) -> Iterator[str]:
    for width, size in WINDOWS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        wide = page.evaluate(TOO_WIDE)
        if wide:
            yield f"{width} px, text of {size}: {wide}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(DESK)


@pytest.mark.parametrize("person", STARTS)
def test_pages_in_russian(demo: Demo, chromium: Browser, person: str, seen: set[str]) -> None:
    visitor = arrive(demo, chromium, person, "ru-RU")
    english, wrong = wrong_words("ru"), []
    for number, path in enumerate(walk(demo, visitor.page.context, person)):
        seen.add(demo.endpoint(path))
        visitor.open(path)
        visitor.shot(f"{person}-{number:02}-{demo.endpoint(path)}")
        faults = [f"English: {text}" for text in visitor.page.evaluate(TEXTS) if text in english]
        faults += [*judge_accessibility(visitor.page), *judge_widths(visitor.page)]
        wrong += [f"{path}: {fault}" for fault in faults]
    meant = re.compile(rf"status of ({'|'.join(map(str, FAILURES_MEANT))})\b")
    wrong += [trouble for trouble in visitor.troubles if not meant.search(trouble)]
    visitor.page.context.close()
    assert wrong == []


@pytest.mark.parametrize("person", STARTS)
def test_pages_in_english(demo: Demo, chromium: Browser, person: str) -> None:
    visitor = arrive(demo, chromium, person, "en-US")
    russian, wrong = wrong_words("en"), []
    for path in walk(demo, visitor.page.context, person):
        visitor.open(path)
        texts = visitor.page.evaluate(TEXTS)
        wrong += [f"{path}: Russian: {text}" for text in texts if text in russian]
    visitor.page.context.close()
    assert wrong == []


def test_every_kind_of_page_was_looked_at(demo: Demo, seen: set[str]) -> None:
    """Runs last: the tests before it have gone everywhere."""
    if not seen:
        pytest.skip("the pages were not looked at")
    kinds = {rule.endpoint for rule in demo.app.url_map.iter_rules() if "GET" in rule.methods}
    assert kinds - NOT_PAGES - seen == set()
