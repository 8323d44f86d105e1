"""Pages: the staff's one queue."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.cases.labels import PLURALS
from bridge.cases.models import Batch, Case, CaseKind, CaseState
from bridge.cases.reasons import REASONS
from bridge.cases.service import claim as claim_case
from bridge.cases.service import release as release_case
from bridge.errors import DomainError, StaleStateError
from bridge.extensions import db
from bridge.moderation import batches, queries, service
from bridge.moderation.filters import Filters
from bridge.moderation.forms import BulkForm, SkillVerdictForm, VerdictForm
from bridge.moderation.panels import panel_of
from bridge.moderation.queries import Totals
from bridge.moderation.service import SkillNames, Verdict
from bridge.permissions import Permission, requires
from bridge.skills.models import Skill
from bridge.web.labels import Tab
from bridge.web.pagination import Page, paginate

blueprint = Blueprint("moderation", __name__)
# A moderator sees the whole of an ordinary day at once.
PER_PAGE = 50
DONE = {
    Verdict.APPROVE: _l("Approved: %(title)s."),
    Verdict.RETURN: _l("Returned for a change: %(title)s."),
    Verdict.REJECT: _l("Rejected: %(title)s."),
    Verdict.MERGE: _l("Merged with a known skill: %(title)s."),
    Verdict.NO_BREACH: _l("No breach was found: %(title)s."),
    Verdict.WARN: _l("Warned: %(title)s."),
    Verdict.CLOSE: _l("The contact is closed: %(title)s."),
    Verdict.SUSPEND: _l("The enterprise is suspended: %(title)s."),
}
FIRST_APPROVAL = _l("Your approval counts as the first of two: %(title)s.")


@blueprint.get("/staff/moderation")
@requires(Permission.MODERATE)
def queue() -> str:
    filters = Filters.asked()
    page = _listed(filters)
    # A wide screen has room for the first one too; a phone shows the list alone.
    first = page.items[0] if page.items else None
    return _page(filters, page, first, layout="list")


@blueprint.get("/staff/moderation/<id:case_id>")
@requires(Permission.MODERATE)
def case(case_id: int) -> str:
    filters = Filters.asked()
    return _page(filters, _listed(filters), _load(case_id))


@blueprint.post("/staff/moderation/<id:case_id>")
@requires(Permission.MODERATE)
def decide(case_id: int) -> Response | tuple[str, int]:
    filters = Filters.asked()
    item = _load(case_id)
    form = _form_for(item)
    verdict = _asked_verdict()
    if verdict is None or verdict not in service.verdicts(item.kind):
        abort(400)
    if service.subject_of(item) is None:
        raise StaleStateError
    form.verdict = verdict
    if not form.validate():
        return _page(filters, _listed(filters), item, form), 422
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
    except DomainError as error:
        return _too_late(filters, case_id, form, error)
    done = FIRST_APPROVAL if item.state is CaseState.WAITING else DONE[verdict]
    flash(str(done) % {"title": item.title}, "ok")
    return _to_next(filters, item)


@blueprint.post("/staff/moderation/<id:case_id>/insert")
@requires(Permission.MODERATE)
def insert(case_id: int) -> str:
    """The page again, with the chosen answer in the form; nothing is decided."""
    filters = Filters.asked()
    item = _load(case_id)
    form = _form_for(item)
    chosen = [
        one for one in queries.answer_templates(item.kind) if str(one.id) == form.template.data
    ]
    if chosen:
        form.insert(chosen[0], queries.author_locale(item))
    return _page(filters, _listed(filters), item, form)


@blueprint.post("/staff/moderation/<id:case_id>/claim")
@requires(Permission.MODERATE)
def claim(case_id: int) -> Response:
    item = _load(case_id)
    claim_case(item, actor=current_user)
    db.session.commit()
    flash(_("You have taken it: colleagues see that and leave it to you."), "ok")
    return redirect(Filters.asked().url("moderation.case", case_id=case_id), 303)


@blueprint.post("/staff/moderation/<id:case_id>/release")
@requires(Permission.MODERATE)
def release(case_id: int) -> Response:
    item = _load(case_id)
    release_case(item, actor=current_user)
    db.session.commit()
    return redirect(Filters.asked().url("moderation.case", case_id=case_id), 303)


@blueprint.post("/staff/moderation/<id:case_id>/clear")
@requires(Permission.MODERATE)
def clear(case_id: int) -> Response:
    item = _load(case_id)
    service.clear(item, actor=current_user)
    db.session.commit()
    flash(_("Taken out of the queue: %(title)s.", title=item.title), "ok")
    return _to_next(Filters.asked(), item)


@blueprint.post("/staff/moderation/bulk")
@requires(Permission.MODERATE)
def bulk() -> Response | tuple[str, int]:
    filters = Filters.asked()
    form = BulkForm(list(CaseKind))
    verdict = _asked_verdict()
    if verdict not in batches.BULK_VERDICTS:
        abort(400)
    form.verdict = verdict
    chosen = [
        int(number)
        for number in request.form.getlist("case")[:PER_PAGE]
        if number.isascii() and number.isdecimal() and len(number) < 10
    ]
    valid = form.validate()
    if not chosen:
        form.form_errors.append(_("Tick at least one case."))
    if not (valid and chosen):
        page = _listed(filters)
        first = page.items[0] if page.items else None
        return _page(filters, page, first, layout="list", bulk_form=form, chosen=chosen), 422
    held = batches.hold(
        chosen,
        verdict,
        actor=current_user,
        reason_code=form.reason_code.data,
        note=form.note.data,
    )
    db.session.commit()
    _tell_left_out(held)
    return redirect(filters.url("moderation.queue"), 303)


def _tell_left_out(held: batches.Held) -> None:
    """What was held stands on the page itself, with the way back."""
    if not held.left_out:
        return
    reasons = sorted({str(reason) for reason in held.left_out.values()})
    number = len(held.left_out)
    text = ngettext("%(num)s case was left out", "%(num)s cases were left out", number)
    flash(f"{text}: {'; '.join(reasons)}.", "warning")


@blueprint.post("/staff/moderation/bulk/<id:batch_id>/undo")
@requires(Permission.MODERATE)
def undo(batch_id: int) -> Response:
    batch = db.session.get(Batch, batch_id) or abort(404)
    try:
        batches.undo(batch, actor=current_user)
        db.session.commit()
    except StaleStateError:
        db.session.rollback()
        flash(_("Too late: the decision has taken effect."), "warning")
    else:
        flash(_("Taken back: the cases wait as before, and nobody was told."), "ok")
    return redirect(Filters.asked().url("moderation.queue"), 303)


def _asked_verdict() -> Verdict | None:
    return next((v for v in Verdict if v.value == request.form.get("verdict")), None)


def _to_next(filters: Filters, done: Case) -> Response:
    following = queries.next_case(filters, current_user, after=done)
    if following is None:
        return redirect(filters.url("moderation.queue"), 303)
    return redirect(filters.url("moderation.case", case_id=following.id), 303)


def _skill_decision(form: VerdictForm) -> tuple[SkillNames | None, Skill | None]:
    if not isinstance(form, SkillVerdictForm):
        return None, None
    if form.verdict is Verdict.MERGE:
        return None, form.merge_into()
    return SkillNames(form.name_ru.data, form.name_en.data), None


def _too_late(
    filters: Filters, case_id: int, form: VerdictForm, error: DomainError
) -> tuple[str, int]:
    """Somebody else decided, or works on it: show how, and keep what was written here."""
    db.session.rollback()
    db.session.expire_all()
    page = _page(filters, _listed(filters), _load(case_id), form, too_late=error.message)
    return page, error.status


def _listed(filters: Filters) -> Page[Case]:
    return paginate(filters.select(current_user), PER_PAGE)


def _load(case_id: int) -> Case:
    return queries.case_with_people(case_id) or abort(404)


def _form_for(item: Case) -> VerdictForm:
    form = SkillVerdictForm if item.kind is CaseKind.SKILL else VerdictForm
    return form(item.kind, queries.answer_templates(item.kind))


def _page(
    filters: Filters,
    page: Page[Case],
    item: Case | None,
    form: VerdictForm | None = None,
    *,
    layout: str = "open",
    too_late: object = None,
    bulk_form: BulkForm | None = None,
    chosen: list[int] | None = None,
) -> str:
    if item is not None and form is None:
        form = _form_for(item)
        if isinstance(form, SkillVerdictForm):
            form.name_ru.data = form.name_en.data = item.title
    totals = queries.totals(current_user)
    kinds = [kind for kind in REASONS if filters.kind in (None, kind)]
    return render_template(
        "moderation/queue.html",
        page=page,
        filters=filters,
        tabs=_tabs(filters, totals),
        total=_sum(totals.values()),
        narrowing=_narrowing(filters, totals),
        employers=queries.waiting_employers(),
        batches=batches.held_batches(),
        item=item,
        neighbours=_neighbours(page, item),
        panel=panel_of(item) if item else None,
        form=form,
        bulk_form=bulk_form or BulkForm(kinds),
        chosen=chosen or [],
        earlier=queries.earlier_cases(item) if item else [],
        verdicts=service.possible_verdicts(item) if item else (),
        layout=layout,
        too_late=too_late,
    )


def _neighbours(page: Page[Case], item: Case | None) -> tuple[Case | None, Case | None]:
    """The cases before and after the open one in the list."""
    ids = [case.id for case in page.items]
    if item is None or item.id not in ids:
        return None, None
    here = ids.index(item.id)
    before = page.items[here - 1] if here else None
    return before, page.items[here + 1] if here + 1 < len(ids) else None


def _sum(parts: object) -> Totals:
    numbers = [(one.waiting, one.overdue, one.mine, one.flagged) for one in parts]  # type: ignore[attr-defined]
    return Totals(*(sum(column) for column in zip(*numbers, strict=True))) if numbers else Totals()


def _tabs(filters: Filters, totals: dict[CaseKind, Totals]) -> list[Tab]:
    """All kinds and each, waiting; then what was decided. The other filters stay."""
    kinds: list[tuple[CaseKind | None, object]] = [(None, _l("All")), *PLURALS.items()]
    everything = _sum(totals.values())
    tabs = [
        Tab(
            label,
            filters.only(kind=kind, decided=False).url("moderation.queue"),
            not filters.decided and filters.kind is kind,
            totals.get(kind, Totals()).waiting if kind else everything.waiting,
        )
        for kind, label in kinds
    ]
    decided = Filters(decided=True).url("moderation.queue")
    return [*tabs, Tab(_l("Decided"), decided, filters.decided)]


def _narrowing(filters: Filters, totals: dict[CaseKind, Totals]) -> list[Tab]:
    """The filters that are switched by one press, with what they would leave of the kind."""
    part = totals.get(filters.kind, Totals()) if filters.kind else _sum(totals.values())
    switches = (
        (_l("Overdue"), "overdue", filters.overdue, part.overdue),
        (_l("Mine"), "mine", filters.mine, part.mine),
        (_l("Flagged"), "flagged", filters.flagged, part.flagged),
    )
    return [
        Tab(
            label,
            filters.only(**{name: not on}).url("moderation.queue"),
            on,
            None if filters.decided else count,
        )
        for label, name, on, count in switches
    ]
