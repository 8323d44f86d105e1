"""Every page of the demo university, as each of its people: accessible, nothing wider than the
window, nothing wrong in the console, not a word in the wrong language. `make screens` looks at them
in every mode and keeps pictures; here each page is looked at on a desk in the light and on a phone
in the dark."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Server
from tests.browser.looking import (
    DEPENDING_ON_MODE,
    DESK,
    FILES,
    NOT_PAGES,
    PHONE,
    STARTS,
    Demo,
    arrive,
    demo_of,
    judge_accessibility,
    judge_widths,
    judge_words,
    troubles_of,
    walk,
)
from tests.conftest import Figure

# The hardest of each kind; `make screens` has them all.
WINDOWS = ((320, "200%"), (1280, "200%"))
# The pages of a visitor are looked at in `make test` too.
PEOPLE = [
    pytest.param(person, marks=() if person == "nobody" else pytest.mark.repeated)
    for person in STARTS
]


@pytest.fixture(scope="module")
def demo(university: Server) -> Demo:
    return demo_of(university)


@pytest.fixture(scope="module")
def seen() -> set[str]:
    """The endpoints that somebody has looked at."""
    return set()


@pytest.mark.parametrize("person", PEOPLE)
def test_pages_in_russian(
    demo: Demo, chromium: Browser, person: str, seen: set[str], figure: Figure
) -> None:
    visitor = arrive(demo, chromium, person, "ru-RU")
    page, wrong = visitor.page, []
    pages = violations = overflowing = 0
    for found in walk(demo, page.context.request, person):
        seen.add(found.endpoint)
        visitor.open(found.path)
        visitor.shot(f"{person}-{found.number:02}-{found.endpoint}")
        unreachable = [*judge_accessibility(page)]
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="dark")
        unreachable += judge_accessibility(page, *DEPENDING_ON_MODE)
        wide = [*judge_widths(page, WINDOWS)]
        pages, violations = pages + 1, violations + len(unreachable)
        overflowing += len(wide)
        faults = [*judge_words(found.html, "ru"), *unreachable, *wide]
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(DESK)
        wrong += [f"{found.path}: {fault}" for fault in faults]
    wrong += troubles_of(visitor)
    page.context.close()
    figure(
        **{
            f"pages looked at ({person})": pages,
            f"axe violations ({person})": violations,
            f"windows narrower than a page ({person})": overflowing,
        }
    )
    assert wrong == []


@pytest.mark.parametrize("person", STARTS)
def test_words_in_english(demo: Demo, chromium: Browser, person: str) -> None:
    visitor = arrive(demo, chromium, person, "en-US")
    wrong = [
        f"{found.path}: {fault}"
        for found in walk(demo, visitor.page.context.request, person)
        for fault in judge_words(found.html, "en")
    ]
    visitor.page.context.close()
    assert wrong == []


@pytest.mark.repeated
def test_every_kind_of_page_was_looked_at(demo: Demo, seen: set[str]) -> None:
    """Runs last: the tests before it have gone everywhere."""
    if not seen:
        pytest.skip("the pages were not looked at")
    kinds = {rule.endpoint for rule in demo.app.url_map.iter_rules() if "GET" in rule.methods}
    assert kinds - NOT_PAGES - FILES - seen == set()
