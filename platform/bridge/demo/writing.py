"""What the students of the demo university have done: courses, projects, theses, experience."""

from __future__ import annotations

from datetime import date

from bridge.database import local_today
from bridge.demo.chance import Chance
from bridge.demo.content import Field, Texts
from bridge.students.models import EntryKind, Profile, ProfileEntry
from bridge.web.i18n import capital


def write_entries(
    profile: Profile, field: Field, texts: Texts, year: int, is_last_year: bool, chance: Chance
) -> None:
    """More with the years; a thesis in the last one only."""
    wanted = {
        EntryKind.COURSE: (texts.courses, min(year, 3), year + 2),
        EntryKind.PROJECT: (texts.projects, year > 1, min(year, 3)),
        EntryKind.EXPERIENCE: (texts.experience, 0, year // 2),
        EntryKind.THESIS: (texts.theses, 0, int(is_last_year)),
    }
    for kind, (lines, least, most) in wanted.items():
        for position, line in enumerate(chance.some(lines, min(int(least), most), most)):
            profile.entries.append(_entry(kind, position, line, field, year, chance))
    if chance.often(0.15):
        profile.entries.append(_link(profile))


def _entry(
    kind: EntryKind, position: int, line: str, field: Field, year: int, chance: Chance
) -> ProfileEntry:
    title, _, text = chance.fill(line, field.words).partition("|")
    entry = ProfileEntry(kind=kind, position=position, title=capital(title)[:160], text=text)
    if kind is not EntryKind.COURSE:
        entry.started_on = _month(chance.randint(2, max(3, 12 * (year - 1))))
    if kind is EntryKind.EXPERIENCE:
        entry.organisation = chance.choice(field.organisations)
        entry.ended_on = _later(entry.started_on, chance.randint(1, 9))
    return entry


def _month(months_ago: int) -> date:
    """The first day of the month so many months before this one."""
    today = local_today()
    years, month = divmod(today.year * 12 + today.month - 1 - months_ago, 12)
    return date(years, month + 1, 1)


def _later(start: date | None, months: int) -> date | None:
    """So many months after `start`; None where that is still to come."""
    if start is None:
        return None
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    end = date(years, month + 1, 1)
    return end if end < local_today() else None


def _link(profile: Profile) -> ProfileEntry:
    return ProfileEntry(
        kind=EntryKind.LINK,
        title="Portfolio",
        url=f"https://portfolio.example/{profile.student_number}",
    )
