"""Letters about a stage, to the side that did not make the step. None names the student to the
employer."""

from __future__ import annotations

from bridge.accounts.models import Role, User
from bridge.contacts import notices
from bridge.hiring.labels import HEADLINES, STUDENT_HEADLINES, reason_label
from bridge.hiring.models import Hiring


def tell_other_side(hiring: Hiring, actor: User, *, back: bool = False) -> None:
    if actor.role is Role.STUDENT:
        recipients, template, headlines = (
            notices.people_of_employer(hiring.request),
            "hiring/moved",
            HEADLINES,
        )
    else:
        recipients, template, headlines = (
            notices.student_of(hiring.request),
            "hiring/moved_student",
            STUDENT_HEADLINES,
        )
    notices.send(
        recipients,
        hiring.request,
        template,
        headline=headlines[hiring.state],
        stage=hiring.state.value,
        stage_reason=reason_label(hiring.reason_code),
        words=hiring.note,
        back=back,
    )
