"""Two enterprises with all that belongs to them, and one person of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa

from bridge.accounts.factors.models import Passkey
from bridge.accounts.models import LoginSession, Role, User
from bridge.applications import service as applications
from bridge.candidates import notes
from bridge.candidates.models import Candidate
from bridge.candidates.service import candidate_for, new_pseudonym
from bridge.cases.models import Batch, Case, CaseKind, DayOff
from bridge.consents.labels import suggestions
from bridge.consents.models import Consent, ConsentDocument, Purpose
from bridge.consents.service import draft
from bridge.contacts import service as contacts
from bridge.contacts.models import ContactRequest
from bridge.database import utc_now
from bridge.extensions import db
from bridge.interviews import service as interviews
from bridge.interviews.models import Interview, Slot
from bridge.interviews.service import Meeting
from bridge.mail.models import MailState, OutboxMail
from bridge.moderation.models import AnswerTemplate
from bridge.notices.models import Notice
from bridge.reports import service as reports
from bridge.rights.models import DataExport, ExportState
from bridge.saved_searches import service as saved_searches
from bridge.skills.models import Course, UnknownTerm
from bridge.students.models import EntryKind, ProfileEntry
from bridge.uploads.models import TableUpload, UploadState
from tests.factories import make_employer, make_member, make_student, make_user, make_vacancy

Values = dict[str, object]


@dataclass
class World:
    """`people` by kind, None for nobody; `own` and `foreign` are the parts of addresses that
    belong to the student and the member, and to others of their kind."""

    people: dict[str, User | None]
    own: Values
    foreign: Values


def make_world() -> World:
    """Commits."""
    staff = make_user(Role.STAFF)
    student, member, own = _make_side(staff)
    _, _, foreign = _make_side(staff)
    people = {
        "nobody": None,
        "student": student,
        "member": member,
        "staff": staff,
        "admin": make_user(Role.ADMIN),
    }
    db.session.commit()
    return World(people, own, foreign)


def _make_side(staff: User) -> tuple[User, User, Values]:
    employer = make_employer()
    member = make_member(employer)
    vacancy = make_vacancy(employer, must=("python",))
    profile = make_student(skills=("python",))
    entry = ProfileEntry(profile=profile, kind=EntryKind.PROJECT, title="Макет спутника")
    candidate = Candidate(vacancy=vacancy, profile=profile, pseudonym=new_pseudonym())
    key = f"unheard{vacancy.id}"
    term = UnknownTerm(key=key, name=key, searches=2)
    db.session.add_all((entry, candidate, term))
    db.session.commit()
    request = contacts.request_contact(candidate, "Приглашаем на встречу.", actor=member.user)
    contacts.approve(request, actor=staff)
    contacts.accept(request, actor=profile.user)
    other = candidate_for(make_vacancy(employer).id, profile.id)
    application = applications.apply(other, "Хочу у вас работать.", actor=profile.user)
    slot, interview = _make_interview(request, member.user)
    document, consent, export = _make_papers(profile.user, staff)
    db.session.commit()
    return (
        profile.user,
        member.user,
        {
            "user_id": make_user(Role.STAFF).id,
            "profile_id": profile.id,
            "entry_id": entry.id,
            "employer_id": employer.id,
            "vacancy_id": vacancy.id,
            "pseudonym": candidate.pseudonym,
            "request_id": request.id,
            "application_id": application.id,
            "term_id": term.id,
            "document_id": document.id,
            "consent_id": consent.id,
            "export_id": export.id,
            "slot_id": slot.id,
            "interview_id": interview.id,
            **_make_own_words(candidate, member.user),
            **_what_was_sent(request, profile.user),
            **_make_keys(profile.user),
            **_make_desk(request, profile.user, staff),
        },
    )


def _make_keys(user: User) -> Values:
    """A passkey, and a place where one is signed in."""
    passkey = Passkey(
        user_id=user.id, name="Телефон", credential_id=f"key {user.id}".encode(), public_key=b"-"
    )
    session = LoginSession(user_id=user.id, token_hash=f"token {user.id}")
    user.second_factor_since = utc_now()
    db.session.add_all((passkey, session))
    db.session.commit()
    return {"passkey_id": passkey.id, "session_id": session.id}


def _what_was_sent(request: ContactRequest, student: User) -> Values:
    """The student's notice of the request, and a letter that did not arrive."""
    notice = db.session.scalars(
        sa.select(Notice).where(Notice.user_id == student.id, Notice.kind == "contacts/offer")
    ).one()
    letter = db.session.scalars(
        sa.select(OutboxMail).where(OutboxMail.user_id == student.id).order_by(OutboxMail.id)
    ).first()
    assert letter is not None
    letter.state = MailState.FAILED
    db.session.commit()
    return {"notice_id": notice.id, "letter_id": letter.id}


def _make_desk(request: ContactRequest, student: User, staff: User) -> Values:
    """What lies on the moderators' desk: cases, a report, what they keep for themselves."""
    case = db.session.scalars(
        sa.select(Case).where(Case.kind == CaseKind.CONTACT, Case.subject_id == request.id)
    ).one()
    report = reports.report(request, actor=student, reason_code="spam", text="Пишут каждый день.")
    batch = Batch(verdict="approve", actor_id=staff.id, due_at=utc_now())
    template = AnswerTemplate(
        kind=CaseKind.CONTACT,
        reason_code="other",
        title="Ответ",
        text_ru="Текст.",
        text_en="A text.",
    )
    course = Course(name_ru=f"Курс {request.id}", name_en=f"Course {request.id}")
    day_off = DayOff(day=date(2026, 3, 1 + len(db.session.scalars(sa.select(DayOff)).all())))
    checked = {"state": UploadState.CHECKED, "locale": "en", "total": 0, "content": b""}
    upload, course_file = (TableUpload(kind=kind, **checked) for kind in ("students", "courses"))
    db.session.add_all((batch, template, course, day_off, upload, course_file))
    db.session.commit()
    return {
        "case_id": case.id,
        "report_id": report.id,
        "batch_id": batch.id,
        "template_id": template.id,
        "course_id": course.id,
        "upload_id": upload.id,
        "course_file_id": course_file.id,
        "day_off_id": day_off.id,
    }


def _make_own_words(candidate: Candidate, hr: User) -> Values:
    """What the enterprise keeps for itself: a note, a tag, a search."""
    note = notes.write_note(candidate, "Позвонить осенью.", actor=hr)
    notes.add_tag(candidate, "резерв", actor=hr)
    (tag,) = notes.tags_of([candidate.id])[candidate.id]
    search = saved_searches.save(candidate.vacancy, "Все", "marks=all", actor=hr)
    db.session.commit()
    return {"note_id": note.id, "tag_id": tag.id, "search_id": search.id}


def _make_interview(request: ContactRequest, hr: User) -> tuple[Slot, Interview]:
    """A time that is still free, and an interview at another."""
    tomorrow = utc_now() + timedelta(days=1)
    moments = [tomorrow, tomorrow + timedelta(hours=2)]
    meeting = Meeting(45, "Проходная", "", "Europe/Moscow")
    free, taken = interviews.offer(request.vacancy, [request], moments, meeting, actor=hr)
    return free, interviews.pick(taken, request, actor=request.profile.user)


def _make_papers(user: User, staff: User) -> tuple[ConsentDocument, Consent, DataExport]:
    """A receipt and a file of the person's data. The document is a draft, so nobody is asked
    for it."""
    document = draft(Purpose.FOUND, suggestions()["found"], actor=staff)
    consent = Consent(user_id=user.id, document=document, act="publish")
    later = utc_now() + timedelta(days=1)
    export = DataExport(
        user_id=user.id, locale="en", state=ExportState.READY, expires_at=later, content=b"PK"
    )
    db.session.add_all((consent, export))
    db.session.flush()
    return document, consent, export
