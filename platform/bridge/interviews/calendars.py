"""Interviews as iCalendar (RFC 5545, RFC 5546): attachments of letters, downloads, feeds.

Moments are written in UTC, so that no rule of summer time can shift them; each calendar shows them
on its owner's clock. An enterprise's entries hold the pseudonym, never the student's name: letters
and calendars lie with other people's servers.
"""

from __future__ import annotations

from collections.abc import Iterable
from email.utils import parseaddr
from urllib.parse import urlsplit

from flask import current_app, url_for
from flask_babel import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from bridge.accounts.models import Role, User
from bridge.database import utc_now
from bridge.interviews.models import Interview, InterviewState
from bridge.mail.letters import absolute_url

PRODUCT = "-//Bridge//Interviews//RU"


def calendar_of(interviews: Iterable[Interview], reader: User, method: str) -> bytes:
    """method: REQUEST or CANCEL (take it out of the reader's calendar) in letters, PUBLISH in
    downloads and feeds."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    if method == "PUBLISH":
        calendar.add("x-wr-calname", _("Interviews on Bridge"))
    for interview in interviews:
        calendar.add_component(_event(interview, reader, method))
    return bytes(calendar.to_ical())


def title_of(interview: Interview, reader: User) -> str:
    request = interview.request
    if reader.role is Role.STUDENT:
        title = _(
            "Interview: %(employer)s, %(vacancy)s",
            employer=request.employer.name,
            vacancy=request.vacancy.title,
        )
    else:
        title = _(
            "Interview: candidate %(pseudonym)s, %(vacancy)s",
            pseudonym=request.candidate.pseudonym,
            vacancy=request.vacancy.title,
        )
    return str(title)


def _event(interview: Interview, reader: User, method: str) -> Event:
    slot = interview.slot
    config = current_app.config["BRIDGE"]
    page = absolute_url("contacts.detail", request_id=interview.request_id)
    event = Event()
    event.add("uid", f"{interview.uid}@{urlsplit(config.base_url).hostname}")
    event.add("sequence", interview.sequence)
    event.add("dtstamp", utc_now())
    event.add("dtstart", slot.starts_at)
    event.add("dtend", slot.ends_at)
    event.add("summary", title_of(interview, reader))
    event.add("location", slot.place or slot.link)
    event.add("description", "\n".join(line for line in (slot.place, slot.link, page) if line))
    event.add("url", page)
    is_off = method == "CANCEL" or interview.state is InterviewState.CANCELLED
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if method != "PUBLISH":
        event.add("organizer", _person(parseaddr(config.mail_from)[1], _("Bridge")))
        attendee = _person(reader.email, reader.name)
        attendee.params["partstat"] = vText("ACCEPTED")
        event.add("attendee", attendee, encode=False)
    return event


def _person(address: str, name: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{address}")
    person.params["cn"] = vText(name)
    return person


def file_name(interview: Interview) -> str:
    return f"interview-{interview.id}.ics"


def download_url(interview: Interview) -> str:
    return url_for("interviews.download", interview_id=interview.id)
