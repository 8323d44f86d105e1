"""The reader's language and how dates, numbers and names are written in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from babel import Locale
from flask import Flask, current_app, g, has_request_context, request, session
from flask_babel import (
    Domain,
    format_date,
    format_datetime,
    format_decimal,
    format_time,
    get_locale,
    get_translations,
)
from flask_login import current_user
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from bridge.extensions import babel

LOCALES = ("ru", "en")
NAMES = {"ru": "Русский", "en": "English"}
# What students speak and employers ask for (ISO 639-1).
SPOKEN = (
    *("ar", "az", "ba", "be", "cs", "cv", "de", "en", "es", "fa", "fr", "hi", "hy", "it", "ja"),
    *("ka", "kk", "ko", "ky", "pl", "pt", "ru", "sr", "tg", "tr", "tt", "uk", "uz", "vi", "zh"),
)


def select_locale() -> str:
    """Signed in: the account's; else the one chosen in this session; else the browser's. In a
    command, which nobody requests: Russian."""
    if not has_request_context():
        return "ru"
    if not g.get("database_down") and current_user and current_user.is_authenticated:
        return str(current_user.locale)
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES) or "ru"


def locale_code() -> str:
    """`ru` or `en`, also outside a request (then the default)."""
    locale = get_locale()
    return locale.language if locale and locale.language in LOCALES else "ru"


def short_date(value: date | datetime | None) -> str:
    """23.11.2026 / 23 Nov 2026"""
    if value is None:
        return ""
    pattern = "dd.MM.yyyy" if locale_code() == "ru" else "d MMM yyyy"
    return str(format_date(value, pattern))


def short_datetime(value: datetime | None) -> str:
    if value is None:
        return ""
    pattern = "dd.MM.yyyy, HH:mm" if locale_code() == "ru" else "d MMM yyyy, HH:mm"
    return str(format_datetime(value, pattern))


def short_time(value: datetime) -> str:
    """14:03:20, of a moment that is near."""
    return str(format_time(value, "HH:mm:ss"))


def month(value: date | None) -> str:
    """июнь 2027 / June 2027"""
    return "" if value is None else str(format_date(value, "LLLL yyyy"))


def capital(words: object) -> str:
    """With a large first letter, the rest as it is."""
    text = str(words)
    return text[:1].upper() + text[1:]


def enumeration(names: Iterable[object]) -> str:
    """Names that begin with a large letter as one line: only the first keeps it, and abbreviations
    do («Работа, практика», «Job, R&D project»)."""
    written = [str(name) for name in names]
    small = (name if name[:2].isupper() else name[:1].lower() + name[1:] for name in written[1:])
    return ", ".join([*written[:1], *small])


def language_name(code: str) -> str:
    """Name of the language `code` (ISO 639-1) in the reader's language."""
    return capital(Locale.parse(locale_code()).languages.get(code, code))


def language_choices() -> list[tuple[str, str]]:
    """Code and name of every language offered in forms, English first, then by name."""
    named = [(code, language_name(code)) for code in SPOKEN]
    return sorted(named, key=lambda pair: (pair[0] != "en", pair[1]))


def local_name(thing: Any) -> str:
    """The name of a bilingual row (it has `name(locale)`)."""
    return "" if thing is None else str(thing.name(locale_code()))


def tenths(number: float, *, trim: bool = False) -> str:
    """12,3 / 12.3, of numbers below a thousand. trim: a whole number without its zero. A page of
    candidates shows some hundreds, for which Babel would read the pattern each time."""
    text = f"{number:.1f}"
    if trim:
        text = text.removesuffix(".0")
    return text.replace(".", ",") if locale_code() == "ru" else text


class ByLanguage(Domain):
    """Finds the texts by the language alone, which decides here: flask-babel spells the locale out
    for each of the hundreds of texts of a page."""

    def get_translations(self) -> Any:
        locale = get_locale()
        if locale is None:
            return super().get_translations()
        found = self.cache.get(locale.language)
        if found is None:
            found = self.cache[locale.language] = super().get_translations()
        return found


@pass_eval_context
def text(context: EvalContext, message: str, **variables: Any) -> str:
    """`_()` of the templates, as Jinja's own (newstyle_gettext) but for what it remembers: each
    text is looked up and marked as safe once."""
    language = locale_code()
    if not variables:
        plain = _without_variables(language, message)
        return plain if context.autoescape else str(plain)
    found = _translated(language, message)
    return (found if context.autoescape else str(found)) % variables


@pass_eval_context
def plural_text(
    context: EvalContext, singular: str, plural: str, num: int, **variables: Any
) -> str:
    """`ngettext()` of the templates."""
    found = str(get_translations().ungettext(singular, plural, num))
    return (Markup(found) if context.autoescape else found) % {"num": num, **variables}  # noqa: S704


@lru_cache(maxsize=8192)
def _translated(_language: str, message: str) -> Markup:
    """Called while `_language` is the reader's. Safe: the texts are ours."""
    return Markup(get_translations().ugettext(message))  # noqa: S704


@lru_cache(maxsize=8192)
def _without_variables(language: str, message: str) -> Markup:
    # A format all the same: two percent signs stand for one.
    return _translated(language, message) % {}


def university() -> str:
    config = current_app.config["BRIDGE"]
    return str(config.university_ru if locale_code() == "ru" else config.university_en)


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(
        short_date=short_date,
        short_datetime=short_datetime,
        short_time=short_time,
        month=month,
        language_name=language_name,
        local_name=local_name,
        decimal=format_decimal,
        enumeration=enumeration,
        tenths=tenths,
    )
    babel.domain_instance = ByLanguage()
    app.jinja_env.globals.update({"_": text, "gettext": text, "ngettext": plural_text})
    app.jinja_env.globals.update(locale_code=locale_code, locale_names=NAMES, university=university)
