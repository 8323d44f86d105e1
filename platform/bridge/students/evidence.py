"""What a skill counts for, by how it is known: set by the staff for all students at once."""

from __future__ import annotations

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bridge import audit
from bridge.accounts.models import User
from bridge.extensions import db
from bridge.search.service import start_anew
from bridge.students.models import Evidence, EvidenceWeights

# In hundredths of what an assessed skill counts, as long as nobody has set anything else.
STATED, COURSE, MENTOR = 80, 90, 95
ONLY_ROW = 1


def present_weights(session: Session | None = None) -> EvidenceWeights:
    """The row, or one with the defaults that is not in the database yet."""
    found = (session or db.session).get(EvidenceWeights, ONLY_ROW)
    return found or EvidenceWeights(
        id=ONLY_ROW, stated=STATED, course=COURSE, mentor=MENTOR, version=0
    )


def evidence_weights(session: Session | None = None) -> dict[Evidence, float]:
    """Kind of evidence -> weight in (0, 1]; an assessed skill counts in full."""
    weights = present_weights(session)
    return {
        Evidence.STATED: weights.stated / 100,
        Evidence.COURSE: weights.course / 100,
        Evidence.MENTOR: weights.mentor / 100,
        Evidence.ASSESSED: 1.0,
    }


def set_weights(*, stated: int, course: int, mentor: int, version: int, actor: User) -> None:
    """Set all weights, in hundredths, where they still are those of `version`; else
    StaleDataError. Every process makes its index anew before its next search."""
    if not 1 <= stated <= course <= mentor <= 100:
        raise ValueError("stronger evidence must not count less")
    weights = present_weights()
    if weights.version != version:
        raise StaleDataError
    wanted = {"stated": stated, "course": course, "mentor": mentor}
    before = {name: getattr(weights, name) for name in wanted}
    if before == wanted:
        return
    if weights not in db.session:
        weights = EvidenceWeights(id=ONLY_ROW, **wanted)
        db.session.add(weights)
    for name, value in wanted.items():
        setattr(weights, name, value)
    audit.record("evidence_weights.set", weights, actor=actor, **{"from": before, "to": wanted})
    start_anew()
