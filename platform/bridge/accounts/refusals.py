"""Failed attempts to show who one is: a line of the log each, and a number for Prometheus.

The line has the number of the account, None for an address without one, and neither the address
nor what was typed. The database keeps none: a row would make the answer for known addresses slower.
"""

from __future__ import annotations

import logging

from bridge.accounts.models import User
from bridge.metrics import REFUSED_PROOFS

log = logging.getLogger(__name__)


def note_refusal(factor: str, user: User | None) -> None:
    """factor: password, code or passkey."""
    REFUSED_PROOFS.labels(factor).inc()
    extra = {"factor": factor, "account": None if user is None else user.id}
    log.warning("a proof of identity was refused", extra=extra)
