"""The verbs of a saved search, and the job that looks for new candidates."""

from __future__ import annotations

import logging
from collections.abc import Collection
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode

import sqlalchemy as sa
from flask import current_app
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from bridge.accounts.models import User
from bridge.candidates.filters import FilterForm, active_filters
from bridge.candidates.ranking import Ranking
from bridge.database import delete_row, only_reading, utc_now
from bridge.errors import DomainError
from bridge.extensions import db
from bridge.mail.letters import absolute_url, read_letter
from bridge.mail.service import put_letter
from bridge.saved_searches.models import SavedSearch, SavedSearchMatch
from bridge.search.index import current_index
from bridge.vacancies.models import Vacancy
from bridge.vacancies.queries import WHOLE

log = logging.getLogger(__name__)
KIND = "saved_searches/new"
SEARCHES_AT_MOST = 20
QUERY_LENGTH = 1000
# At most one letter a search in this time.
PAUSE = timedelta(hours=24)
# What an address of the list may hold that is worth keeping.
_KEPT = "q musts confirmed year direction degree city hours marks tag sort"
KEPT = frozenset(_KEPT.split(" "))


class NameTakenError(DomainError):
    status = 409
    message = _l("You already have a search of this name for the vacancy.")


def kept_query(query: str) -> str:
    """Of an address only the filters that are set, in one order."""
    pairs = [(name, value) for name, value in parse_qsl(query) if name in KEPT and value.strip()]
    return urlencode(sorted(pairs))


def save(vacancy: Vacancy, name: str, query: str, *, actor: User) -> SavedSearch:
    """Keep the filters of an address; whoever is found now is known. NameTakenError for a second
    of the same name, DomainError for too many or an address that is too long."""
    kept = kept_query(query)
    if len(kept) > QUERY_LENGTH:
        raise DomainError(_l("These filters are too long to be kept."))
    own = sa.select(sa.func.count()).where(
        SavedSearch.user_id == actor.id, SavedSearch.vacancy_id == vacancy.id
    )
    if (db.session.scalar(own) or 0) >= SEARCHES_AT_MOST:
        raise DomainError(_l("You have twenty searches for this vacancy. Delete one first."))
    search = SavedSearch(vacancy_id=vacancy.id, user_id=actor.id, name=name, query=kept)
    try:
        with db.session.begin_nested():
            db.session.add(search)
            db.session.flush()
    except IntegrityError as error:
        raise NameTakenError from error
    _note(search, matches(vacancy, kept))
    return search


def matches(vacancy: Vacancy, query: str) -> set[int]:
    """The numbers of the profiles that the search finds now."""
    ranking = Ranking(vacancy, learns=False)
    form = FilterForm.read(ranking.vacancy.employer_id, ranking.tagged, MultiDict(parse_qsl(query)))
    filters = active_filters(form, ranking.query, ranking.marked, ranking.tagged)
    return ranking.everybody(filters)


def switch_alerts(search: SavedSearch, on: bool) -> None:
    search.alerts = on
    db.session.flush()


def delete(search: SavedSearch) -> None:
    delete_row(search)


def alert_of_new_candidates() -> int:
    """The job: for every search with letters on whose pause is over, tell how many candidates are
    new since the last letter; say how many letters were written. Commits search by search, so
    that a process that dies repeats nothing."""
    due = sa.select(SavedSearch.id).where(
        SavedSearch.alerts,
        sa.or_(SavedSearch.alerted_at.is_(None), SavedSearch.alerted_at <= utc_now() - PAUSE),
    )
    numbers = db.session.scalars(due.order_by(SavedSearch.id)).all()
    db.session.commit()
    if numbers:
        # A new process has to load the index first, which takes long.
        with only_reading():
            current_index()
    return sum(_alert(number) for number in numbers)


def _alert(search_id: int) -> bool:
    search = db.session.scalar(
        sa.select(SavedSearch)
        .where(SavedSearch.id == search_id, SavedSearch.alerts)
        .options(
            joinedload(SavedSearch.user).joinedload(User.member),
            joinedload(SavedSearch.vacancy).options(*WHOLE),
        )
        .execution_options(populate_existing=True)
    )
    if search is None or not _may_be_told(search):
        db.session.rollback()
        return False
    with force_locale(search.user.locale):
        found = matches(search.vacancy, search.query)
    known = set(
        db.session.scalars(
            sa.select(SavedSearchMatch.profile_id).where(SavedSearchMatch.search_id == search_id)
        )
    )
    new = found - known
    if new:
        search.alerted_at = utc_now()
        _note(search, new)
        _write_letter(search, len(new))
    db.session.commit()
    return bool(new)


def _write_letter(search: SavedSearch, number: int) -> None:
    """Not a notice: whoever keeps a search has asked for its letters, and ends them one by one."""
    query = MultiDict(parse_qsl(search.query)).to_dict(flat=False)
    with force_locale(search.user.locale):
        letter = read_letter(
            KIND,
            recipient=search.user,
            search_name=search.name,
            vacancy_title=search.vacancy.title,
            vacancy_id=search.vacancy_id,
            query=query,
            number=number,
        )
        put_letter(
            search.user,
            KIND,
            letter,
            unsubscribe_url=absolute_url("saved_searches.off", token=off_token(search)),
            settings_url=absolute_url("candidates.ranked", vacancy_id=search.vacancy_id, **query),
        )


def _may_be_told(search: SavedSearch) -> bool:
    """Its owner still works there, and the vacancy still looks for somebody."""
    vacancy, member = search.vacancy, search.user.member
    return (
        search.user.is_active
        and member is not None
        and member.employer_id == vacancy.employer_id
        and vacancy.employer.is_working
        and vacancy.is_open
    )


def _note(search: SavedSearch, profile_ids: Collection[int]) -> None:
    rows = [
        {"search_id": search.id, "profile_id": profile_id, "found_at": utc_now()}
        for profile_id in sorted(profile_ids)
    ]
    if rows:
        db.session.execute(sa.insert(SavedSearchMatch), rows)


def off_token(search: SavedSearch) -> str:
    """The part of a letter's link that switches the letters off without signing in."""
    return str(_serializer().dumps(search.id))


def search_of_token(token: str) -> SavedSearch | None:
    try:
        number = _serializer().loads(token)
    except BadSignature:
        return None
    return db.session.get(SavedSearch, number) if isinstance(number, int) else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="saved-search-off")
