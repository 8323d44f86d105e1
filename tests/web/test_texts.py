"""Texts of the templates: looked up once, in the reader's language, safe with what is put in."""

from __future__ import annotations

from flask import Flask, render_template_string
from flask_babel import force_locale, format_decimal
from markupsafe import Markup

from bridge.web.i18n import enumeration, tenths
from bridge.web.markup import attributes

NASTY = "<b>50%</b>"


def test_of_several_names_only_the_first_begins_with_a_large_letter() -> None:
    assert enumeration([]) == ""
    assert enumeration(["Работа"]) == "Работа"
    assert enumeration(["Работа", "Выпускная работа или НИОКР", "R&D", "НИОКР"]) == (
        "Работа, выпускная работа или НИОКР, R&D, НИОКР"
    )


def test_each_reader_has_their_language(app: Flask) -> None:
    with app.test_request_context():
        for _time in range(2):
            found = []
            for locale in ("ru", "en"):
                with force_locale(locale):
                    found.append(render_template_string('{{ _("Vacancies") }}'))
            assert found == ["Вакансии", "Vacancies"]


def test_what_is_put_in_is_escaped_where_the_page_is_html(app: Flask) -> None:
    template = app.jinja_env.from_string
    source = '{{ _("Candidate %(pseudonym)s", pseudonym=it) }}|{{ _("100 %% of %(it)s", it=it) }}'
    with app.test_request_context(), force_locale("en"):
        # Flask escapes in templates from strings and of .html, not in letters of .txt.
        shown = template("{% autoescape true %}" + source + "{% endautoescape %}").render(it=NASTY)
        plain = template("{% autoescape false %}" + source + "{% endautoescape %}").render(it=NASTY)
    safe = "&lt;b&gt;50%&lt;/b&gt;"
    assert shown == f"Candidate {safe}|100 % of {safe}"
    assert plain == f"Candidate {NASTY}|100 % of {NASTY}"


def test_a_text_alone_is_a_format_too(app: Flask) -> None:
    with app.test_request_context(), force_locale("en"):
        assert render_template_string('{{ _("100 %% of it") }}') == "100 % of it"


def test_plurals_follow_the_language(app: Flask) -> None:
    source = '{{ ngettext("%(num)s candidate", "%(num)s candidates", number) }}'
    with app.test_request_context():
        found = []
        for locale, number in (("en", 1), ("en", 2), ("ru", 1), ("ru", 2), ("ru", 5)):
            with force_locale(locale):
                found.append(render_template_string(source, number=number))
    assert found == ["1 candidate", "2 candidates", "1 кандидат", "2 кандидата", "5 кандидатов"]


def test_tenths_are_written_as_babel_writes_them(app: Flask) -> None:
    with app.test_request_context():
        for locale in ("ru", "en"):
            with force_locale(locale):
                for number in (0, 0.04, 0.06, 1, 9.96, 12.34, 70.0, 100, -3.21):
                    assert tenths(number) == format_decimal(number, "0.0")
                    assert tenths(number, trim=True) == format_decimal(number, "0.#")


def test_attributes_are_escaped_and_absent_ones_left_out() -> None:
    found = attributes({"data_swap": "list", "title": '"<', "x": None, "y": False, "z": ""})
    assert found == Markup(' data-swap="list" title="&#34;&lt;" z=""')
