"""What a page shows of a candidate: built here from the masked profile, so that no template ever
holds the profile itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask, current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from bridge.candidates.models import Candidate, CandidateTag, Mark
from bridge.candidates.notes import note_counts, tags_of
from bridge.candidates.queries import profiles_of_list
from bridge.candidates.ranking import Ranking
from bridge.candidates.reasons import Reason, bar_of, reasons_in_full, reasons_of
from bridge.candidates.service import present
from bridge.skills.models import Skill
from bridge.skills.vocabulary import shipped_vocabulary
from bridge.students.labels import EVIDENCE
from bridge.students.masked import MaskedProfile, MaskedSkill, masked_profile, shown_name
from bridge.students.models import Evidence, Profile
from bridge.vacancies.models import SkillNeed, Vacancy
from bridge.web.i18n import local_name
from bridge.web.labels import Badge
from matching import Explanation, Hit

TONES = 4
# The stronger the later.
RANKS = tuple(Evidence)

_EXTENSION = "bridge-request-notes"


@dataclass(frozen=True, slots=True)
class Chip:
    """A skill that the vacancy asks for. kind: must or nice; evidence: None where only stated;
    through: the name of the narrower skill that is held instead."""

    slug: str
    name: str
    kind: str
    held: bool
    evidence: str | None = None
    evidence_label: object = None
    through: str | None = None


@dataclass(frozen=True, slots=True)
class RequestNote:
    """A contact request to the candidate, as the employer sees it; `blocks`: no further one."""

    badge: Badge
    url: str
    blocks: bool
    open_label: object = _l("Open the request")


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateCard:
    """position counts from 1 over the list; score is 0 to 100; bar and reasons sum to it; name is
    empty but in an open selection."""

    pseudonym: str
    name: str
    position: int | None
    mark: Mark
    is_opened: bool
    profile: MaskedProfile
    score: int
    bar: tuple[Reason, ...]
    reasons: tuple[Reason, ...]
    chips: tuple[Chip, ...]
    other_skills: int
    request: RequestNote | None
    tags: tuple[CandidateTag, ...] = ()
    notes: int = 0

    @property
    def tone(self) -> int:
        """One of the colours of the figure beside the name, always the same for a candidate."""
        return sum(map(ord, self.pseudonym)) % TONES + 1

    @property
    def title(self) -> str:
        return self.name or _("Candidate %(pseudonym)s", pseudonym=self.pseudonym)

    def chip_of(self, slug: str) -> Chip:
        return next(chip for chip in self.chips if chip.slug == slug)

    @property
    def may_be_asked(self) -> bool:
        return self.request is None or not self.request.blocks


# Candidates' numbers -> the latest request to each; given by the feature of contact requests.
RequestNotes = Callable[[Collection[int]], Mapping[int, RequestNote]]


def attach_request_notes(app: Flask, notes: RequestNotes) -> None:
    app.extensions[_EXTENSION] = notes


def cards(ranking: Ranking, hits: Sequence[Hit], first: int = 1) -> list[CandidateCard]:
    """The cards of one page in the order of `hits`; whoever left meanwhile is left out."""
    ids = [int(hit.id) for hit in hits]
    profiles = profiles_of_list(ids)
    candidates = present(ranking.vacancy.id, list(profiles))
    notes = _request_notes(candidates.values())
    explanations = ranking.explanations(list(profiles))
    numbers = [candidate.id for candidate in candidates.values()]
    tags, written = tags_of(numbers), note_counts(numbers)
    return [
        _card(
            ranking.vacancy,
            candidates[profile_id],
            profiles[profile_id],
            explanations[profile_id],
            notes.get(candidates[profile_id].id),
            position=position,
            tags=tags.get(candidates[profile_id].id, ()),
            notes=written.get(candidates[profile_id].id, 0),
        )
        for position, profile_id in enumerate(ids, start=first)
        if profile_id in profiles and profile_id in explanations
    ]


def card_in_full(ranking: Ranking, candidate: Candidate) -> CandidateCard | None:
    """One candidate with fuller reasons; None where the profile is no longer to be seen."""
    explanation = ranking.explanation(candidate.profile_id)
    if explanation is None:
        return None
    return _card(
        ranking.vacancy,
        candidate,
        candidate.profile,
        explanation,
        _request_notes([candidate]).get(candidate.id),
        reasons=reasons_in_full,
        tags=tags_of([candidate.id]).get(candidate.id, ()),
    )


def _request_notes(candidates: Collection[Candidate]) -> Mapping[int, RequestNote]:
    notes: RequestNotes = current_app.extensions[_EXTENSION]
    return notes([candidate.id for candidate in candidates]) if candidates else {}


def _card(
    vacancy: Vacancy,
    candidate: Candidate,
    profile: Profile,
    explanation: Explanation,
    request: RequestNote | None,
    *,
    position: int | None = None,
    reasons: Callable[..., tuple[Reason, ...]] = reasons_of,
    tags: Sequence[CandidateTag] = (),
    notes: int = 0,
) -> CandidateCard:
    masked = masked_profile(profile, brief=position is not None)
    asked = {skill.slug: skill for need in SkillNeed for skill in vacancy.skills_of(need)}
    return CandidateCard(
        pseudonym=candidate.pseudonym,
        name=shown_name(profile, blind=vacancy.blind),
        position=position,
        mark=candidate.mark,
        is_opened=candidate.opened_at is not None,
        profile=masked,
        score=round(100 * explanation.score),
        bar=bar_of(explanation),
        reasons=reasons(explanation, asked, masked),
        chips=chips_of(vacancy, masked),
        other_skills=sum(held.skill.slug not in asked for held in masked.skills),
        request=request,
        tags=tuple(tags),
        notes=notes,
    )


def chips_of(vacancy: Vacancy, masked: MaskedProfile) -> tuple[Chip, ...]:
    """What is asked: held ones first, required before desired."""
    held = {one.skill.slug: one for one in masked.skills}
    strength = {slug: float(RANKS.index(one.evidence)) for slug, one in held.items()}
    implied = shipped_vocabulary().implied(strength)
    chips = []
    for need in (SkillNeed.MUST, SkillNeed.NICE):
        for skill in vacancy.skills_of(need):
            narrower = implied.get(skill.slug)
            own = held.get(skill.slug) or (held[narrower.through] if narrower else None)
            chips.append(_chip(skill, need, own))
    return tuple(sorted(chips, key=lambda chip: not chip.held))


def _chip(skill: Skill, need: SkillNeed, held: MaskedSkill | None) -> Chip:
    """held: the skill itself, or the narrower one that stands for it."""
    evidence = None if held is None or held.evidence is Evidence.STATED else held.evidence
    return Chip(
        skill.slug,
        local_name(skill),
        need.value,
        held is not None,
        evidence.value if evidence else None,
        EVIDENCE[evidence] if evidence else None,
        local_name(held.skill) if held is not None and held.skill.slug != skill.slug else None,
    )
