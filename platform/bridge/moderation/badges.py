"""How the state of a case is shown: as chips in the list and above the case."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.accounts.models import User
from bridge.cases.labels import case_state_badge
from bridge.cases.models import Case, CaseState
from bridge.database import utc_now
from bridge.moderation.risks import LABELS, Flag, Risk
from bridge.moderation.scanning import ContactData
from bridge.moderation.service import Verdict
from bridge.web.i18n import short_time
from bridge.web.labels import Badge

HELD: dict[Verdict, object] = {
    Verdict.APPROVE: _l("will be approved at %(time)s"),
    Verdict.RETURN: _l("will be returned at %(time)s"),
    Verdict.REJECT: _l("will be rejected at %(time)s"),
}
SPOT_CHECK = Badge(_l("Drawn for a check"), "accent", "dices")


def _age(time: timedelta) -> str:
    minutes = int(time.total_seconds()) // 60
    hours = minutes // 60
    if hours >= 48:
        return str(_("%(days)s d", days=hours // 24))
    if hours:
        return str(_("%(hours)s h", hours=hours))
    return str(_("%(minutes)s min", minutes=minutes))


def waiting_badge(item: Case) -> Badge:
    """How long a case has waited and, where that is too long, by how much."""
    now = utc_now()
    waits = _age(now - item.opened_at)
    if not item.is_overdue:
        return Badge(_("waits %(age)s", age=waits), "neutral", "clock")
    late = _age(now - item.due_at)
    return Badge(
        _("waits %(age)s · overdue by %(late)s", age=waits, late=late), "warning", "clock-alert"
    )


def case_badges(item: Case, viewer: User) -> list[Badge]:
    """What is to be known before the case is opened: the flags come apart."""
    if item.state is not CaseState.WAITING:
        return [case_state_badge(item)]
    badges = [waiting_badge(item)]
    if item.batch is not None:
        text = HELD[Verdict(item.batch.verdict)] % {"time": short_time(item.batch.due_at)}  # type: ignore[operator]
        badges.append(Badge(text, "accent", "hourglass"))
    holder = item.holder
    if holder is not None:
        mine = holder.id == viewer.id
        label = _("with you") if mine else _("with %(name)s", name=holder.name)
        badges.append(Badge(label, "accent" if mine else "neutral", "lock"))
    if item.escalated_to is not None:
        mine = item.escalated_to.id == viewer.id
        label = (
            _("you were asked for help")
            if mine
            else _("%(name)s was asked for help", name=item.escalated_to.name)
        )
        badges.append(Badge(label, "bad", "bell-ring"))
    if item.four_eyes:
        label = _("one approval of two") if item.first_by_id else _("needs two approvals")
        badges.append(Badge(label, "accent", "users"))
    return badges


def flag_badges(item: Case) -> list[Badge]:
    """The risk flags, as they were when the case was opened."""
    badges = [Flag.read(row).badge for row in item.flags]
    return [*badges, SPOT_CHECK] if item.spot_check else badges


def contact_data_label(kind: ContactData) -> object:
    """What a marked part of a text is."""
    return LABELS[Risk(kind.value)]


def init_app(app: Flask) -> None:
    app.jinja_env.filters.update(contact_data_label=contact_data_label, flag_badges=flag_badges)
    app.jinja_env.globals["case_badges"] = case_badges
