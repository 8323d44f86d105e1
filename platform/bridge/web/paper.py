"""PDF documents in one hand: the bundled font, a title, a language, parts that a screen reader
finds, numbered pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from flask import current_app
from flask_babel import format_date
from flask_babel import gettext as _
from fpdf import FPDF
from fpdf.enums import MethodReturnValue
from fpdf.prefs import ViewerPreferences
from fpdf.table import Table
from werkzeug.wrappers import Response

from bridge.database import local_today
from bridge.web.i18n import locale_code, university

INK, MUTED = 20, 80
LEADING = 1.4
LABEL_WIDTH = 48
LABEL_GAP = 2
BODY, SMALL = 10, 8.5
# Sizes of the headings by their level, in points.
HEADINGS = {1: 17, 2: 12.5, 3: 10.5}


class Paper(FPDF):
    """A4; texts flow from page to page. Lengths are millimetres, sizes of letters points."""

    def __init__(self, title: str, *, margin: float = 18) -> None:
        super().__init__(format="A4")
        fonts = Path(current_app.static_folder or "") / "fonts"
        self.add_font("Onest", "", fonts / "onest-regular.ttf")
        self.add_font("Onest", "B", fonts / "onest-bold.ttf")
        self.set_lang(locale_code())
        self.set_title(title)
        self.set_creator("Bridge")
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)
        self.set_margins(margin, min(margin, 14))
        self.set_auto_page_break(True, margin=16)
        self.add_page()

    def footer(self) -> None:
        """The university and the number of the page: decoration, which is not read out."""
        self._out("/Artifact BMC")
        self.set_y(-12)
        self.set_font("Onest", size=8)
        self.set_text_color(MUTED)
        self.cell(text=university(), w=self.epw / 2)
        self.cell(text=f"{self.page_no()} / {{nb}}", w=self.epw / 2, align="R")
        self._out("EMC")

    @contextmanager
    def tagged(self, kind: str) -> Iterator[None]:
        """What is drawn inside, on one page, is one element of the document: H1, H2, P."""
        number = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=number)
        self._out(f"/{kind} <</MCID {number}>> BDC")
        yield
        self._out("EMC")

    def heading(self, text: str, level: int) -> None:
        if level > 1:
            self.ln(4 if level == 2 else 1.5)
        # Never alone at the foot of a page.
        if self.will_page_break(20):
            self.add_page()
        self._write(f"H{level}", text, size=HEADINGS[level], style="B")
        self.ln(1)

    def paragraph(self, text: str, *, muted: bool = False, size: float = BODY) -> None:
        if text:
            self._write("P", text, size=size, colour=MUTED if muted else INK)
            self.ln(0.8)

    def facts(self, pairs: Iterable[tuple[object, object]]) -> None:
        """Names and what they are; pairs without a value are left out."""
        self.set_font("Onest", "", BODY)
        for label, value in pairs:
            if value in (None, ""):
                continue
            name = str(label)
            if self.get_string_width(name) > LABEL_WIDTH - LABEL_GAP:
                self._write("P", name, size=BODY, colour=MUTED)
                name = ""
            self._write("P", str(value), size=BODY, indent=LABEL_WIDTH, label=name)
            self.ln(0.8)

    def _write(
        self,
        kind: str,
        text: str,
        *,
        size: float,
        style: Literal["", "B"] = "",
        colour: int = INK,
        indent: float = 0,
        label: str = "",
    ) -> None:
        """Lines of a text; what a page has no room for goes on, as an element of its own, on the
        next. label: stands before the first line, in the space of the indent."""
        self.set_font("Onest", style, size)
        height, width = size * LEADING / self.k, self.epw - indent
        lines: Any = self.multi_cell(
            width, height, text, align="L", dry_run=True, output=MethodReturnValue.LINES
        )
        while lines:
            room = int((self.page_break_trigger - self.y) / height)
            if room < min(len(lines), 2):
                self.add_page()
                continue
            with self.tagged(kind):
                if label:
                    self.set_text_color(MUTED)
                    self.cell(indent, height, label)
                    label = ""
                self.set_text_color(colour)
                for line in lines[:room]:
                    self.set_x(self.l_margin + indent)
                    self.cell(width, height, line, new_x="LMARGIN", new_y="NEXT")
            lines = lines[room:]


class TaggedTable(Table):
    """A table of whose rows each is read out as a paragraph."""

    def _render_table_row(self, *args: Any, **kwargs: Any) -> None:
        paper = self._fpdf
        if not isinstance(paper, Paper):
            raise TypeError("a tagged table needs a Paper")
        with paper.tagged("P"):
            super()._render_table_row(*args, **kwargs)


def pdf_response(content: bytes, name: str) -> Response:
    """A PDF to save; its name is for files, not for people: no title and nobody's name."""
    answer = Response(content, content_type="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{name}.pdf")
    return answer


def made_today() -> str:
    """The last line of a document that is a picture of a moment."""
    return str(_("As of %(date)s", date=format_date(local_today(), "d MMMM y")))
