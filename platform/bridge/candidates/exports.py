"""The list of candidates as a file: CSV, XLSX, PDF.

Made from the cards of the list and from nothing else: whatever hides a name on the page hides it
here. A file holds what an employer may see before any acceptance, also of those who accepted.
"""

from __future__ import annotations

import csv
import enum
import io
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import format_date, ngettext
from flask_babel import gettext as _
from fpdf.fonts import FontFace
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from bridge import audit
from bridge.accounts.models import User
from bridge.candidates.cards import CandidateCard, Chip, cards
from bridge.candidates.filters import ActiveFilter, Sort
from bridge.candidates.labels import mark_label
from bridge.candidates.ranking import Ranking
from bridge.database import local_today, writing
from bridge.students.labels import DEGREES, READINESS
from bridge.vacancies.models import Vacancy
from bridge.web.i18n import language_name, local_name, locale_code, month
from bridge.web.paper import INK, Paper, TaggedTable
from bridge.web.spreadsheets import harmless

# More nobody reads in a file; the list itself has them all.
CANDIDATES_AT_MOST = 500
WIDEST_COLUMN = 60
# Shares of the width of a page: number, candidate, match, the rest in words.
PRINTED = (4, 8, 8, 80)
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
Cell = str | int | None


class Format(enum.StrEnum):
    CSV = "csv"
    XLSX = "xlsx"
    PDF = "pdf"


TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.PDF: "application/pdf",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """title: of the file; subtitle: the filters in force; rows as long as headings; printed: the
    same candidates for paper, which has no room for so many columns."""

    title: str
    subtitle: str
    headings: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    printed: list[tuple[str, ...]]


def export(
    ranking: Ranking,
    filters: Sequence[ActiveFilter],
    sort: Sort,
    kind: Format,
    *,
    actor: User,
) -> bytes:
    """The first candidates of the list in its order, as a file. Leaves an audit row: in a
    transaction of its own, since a download is a GET."""
    shown = cards(ranking, ranking.first(filters, sort, CANDIDATES_AT_MOST))
    sheet = _sheet(ranking.vacancy, shown, filters)
    content = {Format.CSV: as_csv, Format.XLSX: as_xlsx, Format.PDF: as_pdf}[kind](sheet)
    with writing() as session:
        session.add(
            audit.entry(
                "vacancy.candidates-exported",
                ranking.vacancy,
                actor=actor,
                format=kind.value,
                candidates=len(shown),
                filters=[one.field for one in filters],
            )
        )
    return content


def file_name(vacancy: Vacancy, kind: Format) -> str:
    """Numbers and a date: neither a title nor a name."""
    return f"candidates-{vacancy.id}-{local_today():%Y-%m-%d}.{kind.value}"


def _sheet(
    vacancy: Vacancy, shown: Sequence[CandidateCard], filters: Sequence[ActiveFilter]
) -> Sheet:
    date = format_date(local_today(), "d MMMM y")
    parts = [vacancy.employer.name, date, *(str(one.label) for one in filters)]
    headings = (
        _("No."),
        _("Candidate"),
        _("Match"),
        _("Direction of study"),
        _("Level of education"),
        _("Year"),
        _("City"),
        _("Hours a week"),
        _("Graduates"),
        _("Ready for"),
        _("Languages"),
        _("Asked skills that are held"),
        _("Asked skills that are missing"),
        _("Remote work"),
        _("Moving"),
        _("Your mark"),
        _("Tags"),
        _("Request"),
    )
    return Sheet(
        _("Candidates: %(vacancy)s", vacancy=vacancy.title),
        " · ".join(parts),
        headings,
        [_row(card) for card in shown],
        [_printed(card) for card in shown],
    )


def _row(card: CandidateCard) -> tuple[Cell, ...]:
    profile = card.profile
    return (
        card.position,
        card.pseudonym,
        card.score,
        local_name(profile.direction),
        str(DEGREES[profile.degree]) if profile.degree else "",
        profile.year_of_study,
        profile.city,
        profile.hours_per_week,
        month(profile.graduates_on),
        ", ".join(str(READINESS[kind]) for kind in profile.ready_for),
        ", ".join(f"{language_name(one.language)} {one.level.value}" for one in profile.languages),
        _named(card.chips, held=True),
        _named(card.chips, held=False),
        _("yes") if profile.remote_ready else "",
        _("yes") if profile.relocation_ready else "",
        str(mark_label(card.mark)),
        ", ".join(tag.name for tag in card.tags),
        str(card.request.badge.label) if card.request else "",
    )


def _printed(card: CandidateCard) -> tuple[str, ...]:
    """One line of who it is, one of the asked skills."""
    profile = card.profile
    year = profile.year_of_study
    hours = profile.hours_per_week
    who = [
        local_name(profile.direction),
        str(DEGREES[profile.degree]).lower() if profile.degree else "",
        _("year %(year)s", year=year) if year else "",
        profile.city,
        ngettext("%(num)s hour a week", "%(num)s hours a week", hours) if hours else "",
    ]
    held, missing = (
        _named(card.chips, held=one).replace(" *", f"{NO_BREAK_SPACE}*") for one in (True, False)
    )
    asked = [
        _("holds: %(skills)s", skills=held) if held else "",
        _("lacks: %(skills)s", skills=missing) if missing else "",
    ]
    lines = (", ".join(filter(None, who)), "; ".join(filter(None, asked)))
    return (
        str(card.position),
        card.pseudonym,
        str(card.score),
        "\n".join(filter(None, lines)),
    )


def _named(chips: Sequence[Chip], *, held: bool) -> str:
    return ", ".join(
        f"{chip.name} *" if chip.kind == "must" else chip.name
        for chip in chips
        if chip.held is held
    )


def safe_cell(value: Cell) -> Cell:
    """A text that no spreadsheet takes for a formula; numbers stay numbers."""
    if not isinstance(value, str):
        return value
    return str(harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))


def as_csv(sheet: Sheet) -> bytes:
    """With the mark by which Excel knows UTF-8, and the separator that the reader's Excel
    expects."""
    target = io.StringIO(newline="")
    writer = csv.writer(target, delimiter=";" if locale_code() == "ru" else ",")
    writer.writerow(sheet.headings)
    for row in sheet.rows:
        writer.writerow(["" if cell is None else safe_cell(cell) for cell in row])
    return target.getvalue().encode("utf-8-sig")


def as_xlsx(sheet: Sheet) -> bytes:
    book = Workbook()
    book.properties.creator = "Bridge"
    book.properties.title = sheet.title
    page = book.active
    page.title = _("Candidates")
    page.append(sheet.headings)
    for row in sheet.rows:
        page.append([safe_cell(cell) for cell in row])
    for cell in page[1]:
        cell.font = Font(bold=True)
    page.freeze_panes = "C2"
    page.auto_filter.ref = page.dimensions
    for number, heading in enumerate(sheet.headings):
        longest = max([len(heading), *(len(str(row[number] or "")) for row in sheet.rows)])
        letter = get_column_letter(number + 1)
        page.column_dimensions[letter].width = min(longest + 2, WIDEST_COLUMN)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def as_pdf(sheet: Sheet) -> bytes:
    paper = Paper(sheet.title, margin=14)
    paper.heading(sheet.title, 1)
    paper.paragraph(sheet.subtitle, muted=True)
    note = _("* required by the vacancy. Names are hidden until the student agrees to a contact.")
    paper.paragraph(note, muted=True)
    paper.ln(3)
    _draw_table(paper, sheet)
    return bytes(paper.output())


def _draw_table(paper: Paper, sheet: Sheet) -> None:
    paper.set_font("Onest", size=7.5)
    paper.set_text_color(INK)
    paper.set_draw_color(200)
    bold = FontFace(emphasis="BOLD")
    table = TaggedTable(
        paper,
        col_widths=PRINTED,
        headings_style=FontFace(emphasis="BOLD", fill_color=(238, 240, 244)),
        borders_layout="HORIZONTAL_LINES",
        line_height=3.55,
        padding=0.9,
        text_align="LEFT",
        v_align="TOP",
    )
    heading = table.row()
    for text in (_("No."), _("Candidate"), _("Points"), _("Studies, place, asked skills")):
        heading.cell(text)
    for number, candidate, score, words in sheet.printed:
        row = table.row()
        row.cell(number)
        row.cell(candidate, style=bold)
        row.cell(score, style=bold)
        row.cell(words)
    table.render()
