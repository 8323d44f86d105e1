"""Signals by which a feature tells the ones above it that something happened.

A feature never imports a later one; the later one listens (`<feature>/listeners.py`, connected
in the factory). Listeners run inside the sender's transaction: if one raises, nothing happened.
Each is sent as `signal.send(subject, actor=…)`.
"""

from __future__ import annotations

from blinker import Namespace

_signals = Namespace()

# sender: Case, just put into the queue
case_opened = _signals.signal("case-opened")
# sender: ConsentDocument, a version that is asked for from now on
consent_published = _signals.signal("consent-published")
# sender: Consent, just withdrawn by its owner, who is the actor
consent_withdrawn = _signals.signal("consent-withdrawn")

# sender: Skill, now approved, merged or rejected
skill_decided = _signals.signal("skill-decided")
# sender: Profile; the student withdrew it from the employers' sight
profile_withdrawn = _signals.signal("profile-withdrawn")
# sender: Vacancy
vacancy_closed = _signals.signal("vacancy-closed")
# sender: EmployerBlock, just made
employer_blocked = _signals.signal("employer-blocked")
# sender: Employer
employer_suspended = _signals.signal("employer-suspended")
# sender: ContactRequest, just made
contact_requested = _signals.signal("contact-requested")
# sender: ContactRequest; the student agreed, names and contacts are open
contact_accepted = _signals.signal("contact-accepted")
# sender: ContactRequest, accepted; the student's consent or account is gone, or staff closed it
contact_ended = _signals.signal("contact-ended")
# sender: Hiring, in its new stage
stage_changed = _signals.signal("stage-changed")

# sender: User; the account was just made, its number is known
account_created = _signals.signal("account-created")
# sender: User; it can no longer sign in, or can again
account_deactivated = _signals.signal("account-deactivated")
account_reactivated = _signals.signal("account-reactivated")
# sender: User, whom the present transaction erases next: what is open with them ends now, and files
# of theirs are removed
account_erasing = _signals.signal("account-erasing")
