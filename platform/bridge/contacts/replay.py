"""A decision computed again from what was kept with it."""

from __future__ import annotations

from dataclasses import dataclass

from bridge.contacts.models import ContactRequest
from matching import ALGORITHM_VERSION, ReplayError
from matching import replay as recompute
from matching.replay import TOLERANCE


@dataclass(frozen=True, slots=True)
class Replayed:
    """The score that the employer saw, in 0..1, and the one that its inputs give today.

    same_algorithm: whether the formulas have not changed since; if they have, a difference may be
    theirs. now is None where the inputs cannot be read any more.
    """

    then: float
    now: float | None
    same_algorithm: bool

    @property
    def same(self) -> bool:
        return self.now is not None and abs(self.then - self.now) <= TOLERANCE


def replay(request: ContactRequest) -> Replayed | None:
    """Compute the score again from the stored inputs alone, whatever became of the profile, the
    vacancy, the vocabulary and the weights. None where nothing was kept, or it was erased."""
    if not request.inputs or "score" not in request.basis:
        return None
    then, algorithm = request.basis["score"], request.basis.get("algorithm")
    try:
        now = recompute(request.inputs).now.score
    except ReplayError:
        return Replayed(then, None, algorithm == ALGORITHM_VERSION)
    return Replayed(then, now, algorithm == ALGORITHM_VERSION)
