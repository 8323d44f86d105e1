"""Names of the groups of notices and of the ways to be told."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l

from bridge.accounts.models import Role
from bridge.notices.models import Delivery, Group


@dataclass(frozen=True, slots=True)
class GroupLabel:
    """name: as a heading; hint: what belongs to it; icon: a lucide name."""

    name: object
    hint: object
    icon: str


_MESSAGES = GroupLabel(
    _l("Conversations"), _l("New messages, and when the other side finishes."), "message-square"
)
_QUEUE = GroupLabel(_l("Moderation"), _l("What comes into the queue."), "list-checks")
_PROPOSALS = GroupLabel(
    _l("Proposed skills"), _l("What the university decided on the skills you proposed."), "sparkles"
)
GROUPS: dict[Role, dict[Group, GroupLabel]] = {
    Role.STUDENT: {
        Group.REQUESTS: GroupLabel(
            _l("Requests of enterprises"),
            _l("Who would like to meet you, and when a request ends."),
            "mail",
        ),
        Group.MESSAGES: _MESSAGES,
        Group.PROFILE: GroupLabel(
            _l("My profile"),
            _l("What concerns your profile and the skills you proposed."),
            "user-round",
        ),
    },
    Role.MEMBER: {
        Group.REQUESTS: GroupLabel(
            _l("Contact requests"),
            _l("The university's decisions and the candidates' answers."),
            "send",
        ),
        Group.MESSAGES: _MESSAGES,
        Group.COMPANY: GroupLabel(
            _l("Company and vacancies"),
            _l("The university's decisions on your enterprise and its vacancies."),
            "building-2",
        ),
        Group.PROFILE: _PROPOSALS,
    },
    Role.STAFF: {Group.QUEUE: _QUEUE, Group.PROFILE: _PROPOSALS},
    Role.ADMIN: {Group.QUEUE: _QUEUE, Group.PROFILE: _PROPOSALS},
}
DELIVERIES: dict[Delivery, object] = {
    Delivery.IMMEDIATE: _l("At once"),
    Delivery.DIGEST: _l("Once a day"),
    Delivery.NONE: _l("No letters"),
}


def group_label(group: Group, role: Role) -> GroupLabel:
    """As a reader of that role calls it; whose role has changed keeps the notices of before."""
    known = GROUPS[role].get(group)
    return known or next(labels[group] for labels in GROUPS.values() if group in labels)
