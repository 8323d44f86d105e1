"""Pages: the staff's one queue."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa
from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from sqlalchemy.orm import joinedload
from werkzeug.wrappers import Response

from bridge.cases.labels import PLURALS
from bridge.cases.models import Case, CaseKind, CaseState
from bridge.database import utc_now
from bridge.errors import StaleStateError
from bridge.extensions import db
from bridge.moderation import queries, service
from bridge.moderation.forms import SkillVerdictForm, VerdictForm
from bridge.moderation.panels import panel_of
from bridge.moderation.service import SkillNames, Verdict
from bridge.permissions import Permission, requires
from bridge.skills.models import Skill
from bridge.web.labels import Badge, Tab
from bridge.web.pagination import Page, paginate

blueprint = Blueprint("moderation", __name__)
DONE = {
    Verdict.APPROVE: _l("Approved: %(title)s."),
    Verdict.RETURN: _l("Returned for a change: %(title)s."),
    Verdict.REJECT: _l("Rejected: %(title)s."),
    Verdict.MERGE: _l("Merged with a known skill: %(title)s."),
}


@dataclass(frozen=True, slots=True)
class Filters:
    """What part of the queue the address asks for."""

    kind: CaseKind | None
    decided: bool

    @classmethod
    def asked(cls) -> Filters:
        name = request.args.get("kind")
        kind = next((kind for kind in CaseKind if kind.value == name), None)
        return cls(kind, request.args.get("state") == "decided")

    def url(self, endpoint: str, **values: object) -> str:
        """An address that keeps these filters; None leaves a parameter out."""
        kept = {
            "kind": self.kind.value if self.kind else None,
            "state": "decided" if self.decided else None,
        }
        return url_for(endpoint, **{**kept, **values})  # type: ignore[arg-type]


@blueprint.get("/staff/moderation")
@requires(Permission.MODERATE)
def queue() -> str:
    filters = Filters.asked()
    page = paginate(queries.queue(filters.kind, decided=filters.decided))
    # A wide screen has room for the first one too; a phone shows the list alone.
    first = page.items[0] if page.items else None
    return _page(filters, page, first, layout="list")


@blueprint.get("/staff/moderation/<id:case_id>")
@requires(Permission.MODERATE)
def case(case_id: int) -> str:
    filters = Filters.asked()
    page = paginate(queries.queue(filters.kind, decided=filters.decided))
    return _page(filters, page, _load(case_id))


@blueprint.post("/staff/moderation/<id:case_id>")
@requires(Permission.MODERATE)
def decide(case_id: int) -> Response | tuple[str, int]:
    filters = Filters.asked()
    item = _load(case_id)
    form = _form_for(item)
    verdict = next((v for v in Verdict if v.value == request.form.get("verdict")), None)
    if verdict is None or verdict not in service.verdicts(item.kind):
        abort(400)
    if service.subject_of(item) is None:
        raise StaleStateError
    form.verdict = verdict
    if not form.validate():
        page = paginate(queries.queue(filters.kind, decided=filters.decided))
        return _page(filters, page, item, form), 422
    names, merge_into = _skill_decision(form)
    try:
        service.decide(
            item,
            verdict,
            actor=current_user,
            reason_code=form.reason_code.data,
            note=form.note.data,
            names=names,
            merge_into=merge_into,
        )
        db.session.commit()
    except StaleStateError:
        return _too_late(filters, case_id, form)
    flash(str(DONE[verdict]) % {"title": item.title}, "ok")
    return _to_next(filters)


@blueprint.post("/staff/moderation/<id:case_id>/clear")
@requires(Permission.MODERATE)
def clear(case_id: int) -> Response:
    item = _load(case_id)
    service.clear(item, actor=current_user)
    db.session.commit()
    flash(_("Taken out of the queue: %(title)s.", title=item.title), "ok")
    return _to_next(Filters.asked())


def _to_next(filters: Filters) -> Response:
    following = queries.next_case(filters.kind)
    if following is None:
        return redirect(filters.url("moderation.queue"), 303)
    return redirect(filters.url("moderation.case", case_id=following.id), 303)


def _skill_decision(form: VerdictForm) -> tuple[SkillNames | None, Skill | None]:
    if not isinstance(form, SkillVerdictForm):
        return None, None
    if form.verdict is Verdict.MERGE:
        return None, form.merge_into()
    return SkillNames(form.name_ru.data, form.name_en.data), None


def _too_late(filters: Filters, case_id: int, form: VerdictForm) -> tuple[str, int]:
    """Somebody else decided: show how, and keep what was written here."""
    db.session.rollback()
    db.session.expire_all()
    page = paginate(queries.queue(filters.kind, decided=filters.decided))
    return _page(filters, page, _load(case_id), form, too_late=True), 409


def _load(case_id: int) -> Case:
    found = db.session.scalar(
        sa.select(Case)
        .where(Case.id == case_id)
        .options(joinedload(Case.employer), joinedload(Case.decided_by))
    )
    if found is None:
        abort(404)
    return found


def _form_for(item: Case) -> VerdictForm:
    return SkillVerdictForm(item.kind) if item.kind is CaseKind.SKILL else VerdictForm(item.kind)


def _page(
    filters: Filters,
    page: Page[Case],
    item: Case | None,
    form: VerdictForm | None = None,
    *,
    layout: str = "open",
    too_late: bool = False,
) -> str:
    if item is not None and form is None:
        form = _form_for(item)
        if isinstance(form, SkillVerdictForm):
            form.name_ru.data = form.name_en.data = item.title
    counts = queries.waiting_counts()
    return render_template(
        "moderation/queue.html",
        page=page,
        filters=filters,
        tabs=_tabs(filters, counts),
        waiting=sum(counts.values()),
        overdue=queries.overdue_count(),
        item=item,
        panel=panel_of(item) if item else None,
        form=form,
        earlier=queries.earlier_cases(item) if item else [],
        verdicts=service.verdicts(item.kind) if item else (),
        layout=layout,
        too_late=too_late,
    )


def _tabs(filters: Filters, counts: dict[CaseKind, int]) -> list[Tab]:
    """All kinds and each, waiting; then what was decided."""
    kinds: list[tuple[CaseKind | None, object]] = [(None, _l("All")), *PLURALS.items()]
    tabs = [
        Tab(
            label,
            Filters(kind, decided=False).url("moderation.queue"),
            not filters.decided and filters.kind is kind,
            counts.get(kind, 0) if kind else sum(counts.values()),
        )
        for kind, label in kinds
    ]
    decided = Filters(None, decided=True).url("moderation.queue")
    return [*tabs, Tab(_l("Decided"), decided, filters.decided)]


@blueprint.app_template_filter("waiting_badge")
def waiting_badge(item: Case) -> Badge:
    """How long a case has waited, and whether that is too long."""
    hours = int((utc_now() - item.opened_at).total_seconds() // 3600)
    if item.state is not CaseState.WAITING:
        return Badge("")
    shown = (
        _("waits %(days)s d", days=hours // 24)
        if hours >= 48
        else _("waits %(hours)s h", hours=hours)
    )
    if item.due_at < utc_now():
        return Badge(_("%(waits)s · overdue", waits=shown), "warning", "clock-alert")
    return Badge(shown, "neutral", "clock")
