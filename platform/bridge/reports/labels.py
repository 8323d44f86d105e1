"""What came of a report, as its author reads it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from bridge.reports.models import ReportState
from bridge.web.labels import Badge

STATES = {
    ReportState.OPEN: Badge(_l("the university is looking into it"), "accent", "clock"),
    ReportState.NO_BREACH: Badge(_l("no breach was found"), "neutral", "circle-slash"),
    ReportState.WARNED: Badge(_l("the other side was warned"), "ok", "circle-check"),
    ReportState.CONTACT_CLOSED: Badge(_l("the contact was closed"), "ok", "circle-check"),
    ReportState.SUSPENDED: Badge(_l("the enterprise was suspended"), "ok", "circle-check"),
}


def report_state_badge(state: ReportState) -> Badge:
    return STATES[state]
