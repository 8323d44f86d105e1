"""Finding every page of the demo university as its people do, and looking at one: its words, its
accessibility, its widths, its forms without scripts. For the tests and for `make screens`."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from babel.messages.pofile import read_po
from flask import Flask
from playwright.sync_api import APIRequestContext, Browser, Page, ViewportSize
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from bridge import create_app
from bridge.accounts.models import User
from bridge.config import read_config
from bridge.demo.people import PASSWORD
from bridge.extensions import db
from bridge.interviews.queries import upcoming
from tests.browser.conftest import Server, Visitor

RUSSIAN = Path(__file__).parents[2] / "platform/bridge/translations/ru/LC_MESSAGES/messages.po"
# Where each person begins, besides the first page: what no link leads to.
STARTS = {
    "nobody": ("/forgot", "/letter-sent", "/employers/applied", "/no-such-page",
               "/confirm/nonsense", "/reset/nonsense", "/invitation/nonsense",
               "/notices/unsubscribe/nonsense", "/searches/off/nonsense", "/erasure/nonsense",
               "/sign-in/second", "/account/closed"),
    "student": ("/profile/confirm", "/account/confirm", "/account/authenticator"),
    "hr": ("/hr/requests?state=change",),
    # Of the demo's reports the first is of a message.
    "staff": ("/staff/reports/1/thread",),
    "admin": ("/admin/accounts", "/admin/terms"),
}  # fmt: skip
AS_MANY = {"contacts.detail": 3, "moderation.case": 4}
# Answers for programs, and a letter as a mail program shows it: nobody comes there as to a page.
NOT_PAGES = {
    *("static", "web.healthz", "web.readyz", "operations.metrics", "skills.suggest"),
    "demo.letter",
}
# Answers that are files: they have to come, and there is nothing to look at.
FILES = {
    *("admin.audit_csv", "analytics.company_file", "analytics.university_file", "calendar.feed"),
    *("consents.receipt", "contacts.download", "contacts.resume", "exports.candidates"),
    *("exports.resume", "fairness.selection_file", "interviews.download", "rights.download"),
    *("students.resume", "vacancies.pdf"),
}
FAILURES_MEANT = (404, 410)
# Attributes whose text people read or hear.
SPOKEN = ("aria-label", "title", "placeholder", "alt")
# Elements that hold nothing and are not closed.
VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
DESK = ViewportSize(width=1440, height=900)
PHONE = ViewportSize(width=390, height=844)
# Of axe's rules those whose outcome colours and sizes decide; the others read the same document.
DEPENDING_ON_MODE = ("color-contrast", "scrollable-region-focusable")
TOO_WIDE = """() => {
  const edge = document.documentElement.clientWidth;
  const wide = document.documentElement.scrollWidth - edge;
  const beyond = [...document.querySelectorAll("body *")]
    .filter((element) => element.getBoundingClientRect().right > edge + 1);
  return wide > 0 ? `${wide} px: ${beyond.slice(-3).map((element) => element.outerHTML)}` : "";
}"""
# Forms that nobody could send, and buttons that would do nothing, while scripts are off. A passkey
# cannot do without them: its form says so.
UNUSABLE = """() => {
  const seen = (one) => one.checkVisibility();
  const sends = (form) => [...form.elements].some(
    (one) => ["submit", "image"].includes(one.type) && !one.disabled);
  const inert = (one) => seen(one) && one.type === "button" && !one.popoverTargetElement;
  return [
    ...[...document.forms]
      .filter((form) => form.elements.length && !sends(form) && !form.querySelector("noscript"))
      .map((form) => `form without a button: ${form.action}`),
    ...[...document.querySelectorAll("button")].filter(inert)
      .map((one) => `button that does nothing: ${one.outerHTML}`),
  ];
}"""


@dataclass(frozen=True)
class Demo:
    server: Server
    app: Flask

    @property
    def addresses(self) -> MapAdapter:
        return self.app.url_map.bind(urlsplit(self.server.url).netloc)

    def starts(self, person: str) -> tuple[str, ...]:
        """Where the person begins; HR with the interview that lies ahead, which hangs on one of
        many requests."""
        if person != "hr":
            return STARTS[person]
        with self.app.app_context():
            hr = db.session.scalars(sa.select(User).where(User.email == "hr@demo.test")).one()
            ahead = db.session.scalars(upcoming(hr)).first()
            assert ahead is not None, "the demo's HR has no interview ahead"
            return (*STARTS[person], f"/interviews/{ahead.id}/change")

    def endpoint(self, path: str) -> str:
        try:
            return str(self.addresses.match(urlsplit(path).path)[0])
        except HTTPException:
            return "nothing"


@dataclass(frozen=True)
class Found:
    """A page as it was found; number counts the person's pages from 0."""

    number: int
    path: str
    endpoint: str
    html: str


def demo_of(server: Server) -> Demo:
    """The demo university at `server`."""
    return Demo(server, create_app(read_config(server.environment)))


def arrive(demo: Demo, chromium: Browser, person: str, locale: str) -> Visitor:
    # Without transitions, which would show the old theme's colours for a moment.
    # The header is for the plain client beside the browser, which does not know the locale.
    context = chromium.new_context(
        locale=locale,
        extra_http_headers={"Accept-Language": locale},
        reduced_motion="reduce",
        viewport=DESK,
    )
    context.set_default_timeout(30_000)
    visitor = Visitor(context.new_page(), demo.server.url)
    if person != "nobody":
        visitor.open("/sign-in")
        visitor.page.locator("[name=email]").fill(f"{person}@demo.test")
        visitor.page.locator("[name=password]").fill(PASSWORD)
        visitor.page.locator("[name=password]").press("Enter")
        visitor.page.locator("#account-menu").wait_for()
    if person == "student":
        # The page of an authenticator is there from when one is begun.
        visitor.open("/account/security")
        visitor.page.locator("form[action='/account/authenticator'] button").click()
        visitor.page.wait_for_url("**/account/authenticator")
    speak(visitor, locale)
    visitor.watch()
    return visitor


def speak(visitor: Visitor, locale: str) -> None:
    """Have the pages in this language."""
    language = locale[:2]
    if visitor.page.locator("html").get_attribute("lang") not in (None, language):
        visitor.page.locator(f".tools button[value={language}]").click()
        visitor.page.locator(f"html[lang={language}]").wait_for()


def walk(demo: Demo, request: APIRequestContext, person: str) -> Iterator[Found]:
    """The pages that `person` comes to by following links, a few of each kind, those of state
    first: a request or a case looks different in each state."""
    starts = demo.starts(person)
    waiting, met = deque(["/", *starts]), set[str]()
    looked: Counter[str] = Counter()
    while waiting:
        path = waiting.popleft()
        endpoint = demo.endpoint(path)
        enough = looked[endpoint] >= AS_MANY.get(endpoint, 1) and path not in starts
        if (
            endpoint in NOT_PAGES
            or path in met
            or enough
            or (person == "admin" and not is_administrators(endpoint) and path not in starts)
        ):
            continue
        met.add(path)
        answer = request.get(demo.server.url + path)
        assert answer.ok or answer.status in FAILURES_MEANT, f"{path}: {answer.status}"
        looked[endpoint] += 1
        html = answer.text() if "html" in answer.headers["content-type"] else ""
        if html:
            yield Found(len(met) - 1, path, endpoint, html)
        waiting.extend(links(html))
        if endpoint == "candidates.ranked":
            chosen = re.findall(r'name="c"[^>]*value="(\w+)"|value="(\w+)"[^>]*name="c"', html)
            marks = "&".join(f"c={one or other}" for one, other in chosen[:3])
            waiting.append(f"{path.split('?')[0].removesuffix('candidates')}compare?{marks}")


def is_administrators(endpoint: str) -> bool:
    """Pages that look different to the administrator than to the staff."""
    return endpoint.startswith(("admin.", "web."))


def links(html: str) -> Iterable[str]:
    for tag, found in re.findall(r'(<a\b[^>]*\shref="(/[^"#]*)[^>]*>)', html):
        # What is to be saved is no page.
        if " download" not in tag:
            yield found.replace("&amp;", "&")


class _Texts(HTMLParser):
    """Every text of a page that is read or heard, white space in one; but what says of itself that
    it is in another language: a letter, a name of a language in itself."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []
        self._language = ""
        # The open elements that say which language they are in, and whether they are heard.
        self._within: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs).get("lang")
        self._language = self._language or said or ""
        if tag not in VOID:
            here = said == self._language if said else self._is_heard
            self._within.append((tag, here and tag not in ("script", "style")))
        if self._is_heard:
            self.texts += [" ".join((text or "").split()) for name, text in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        while tag not in VOID and self._within and self._within.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self._is_heard:
            self.texts.append(" ".join(data.split()))

    @property
    def _is_heard(self) -> bool:
        return self._within[-1][1] if self._within else True


def texts_of(html: str) -> list[str]:
    parser = _Texts()
    parser.feed(html)
    return parser.texts


@cache
def wrong_words(locale: str) -> frozenset[str]:
    """Whole texts that belong to the other language and are written differently in this one."""
    with RUSSIAN.open("rb") as file:
        messages = [one for one in read_po(file) if isinstance(one.id, str) and one.id]
    pairs = [(one.id, one.string) for one in messages if "%" not in one.id]
    here, there = (1, 0) if locale.startswith("ru") else (0, 1)
    known = {pair[here] for pair in pairs}
    return frozenset({pair[there] for pair in pairs} - known - {""})


def judge_words(html: str, locale: str) -> Iterator[str]:
    for text in texts_of(html):
        if text in wrong_words(locale):
            yield f"not translated: {text}"


def judge_accessibility(page: Page, *rules: str) -> Iterator[str]:
    """What axe finds, by all its rules or by these."""
    only = f', runOnly: {{type: "rule", values: {list(rules)}}}' if rules else ""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe_script())
    found = page.evaluate(
        f'axe.run({{resultTypes: ["violations"]{only}}}).then((result) => result.violations)'
    )
    for rule in found:
        for node in rule["nodes"]:
            yield f"{rule['id']}: {node['target']} {node['failureSummary']}"


@cache
def axe_script() -> str:
    return str(Axe().axe_script)


def judge_widths(page: Page, windows: Iterable[tuple[int, str]]) -> Iterator[str]:
    """Nothing is wider than these windows: width in pixels, size of the text."""
    before = page.viewport_size or DESK
    for width, size in windows:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("size => { document.documentElement.style.fontSize = size }", size)
        wide = page.evaluate(TOO_WIDE)
        if wide:
            yield f"{width} px, text of {size}: {wide}"
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.set_viewport_size(before)


def troubles_of(visitor: Visitor) -> list[str]:
    """What went wrong in the browser, but for the answers that are meant to be failures."""
    meant = re.compile(rf"status of ({'|'.join(map(str, FAILURES_MEANT))})\b")
    return [trouble for trouble in visitor.troubles if not meant.search(trouble)]
