"""The attributes by which profiles are filtered: students' documents carry them, vacancies ask.

degree      set of Degree values       ready_for   set of Readiness values
direction   set of direction codes     city        set of city keys, ANYWHERE where ready to move
year        year of study, from 1      hours       hours a week, ready for at most
graduates   date.toordinal()           remote, relocate   1 or 0
confirmed   set of the slugs of skills that the university has evidence of
language:en and the like               LanguageLevel.rank, 1 (A1) to 7 (native)
"""

from __future__ import annotations

import re

DEGREE = "degree"
DIRECTION = "direction"
YEAR = "year"
GRADUATES = "graduates"
CITY = "city"
HOURS = "hours"
REMOTE = "remote"
RELOCATE = "relocate"
READY_FOR = "ready_for"
CONFIRMED = "confirmed"

# Among the cities of a student who is ready to move: eligible wherever the work is.
ANYWHERE = "*"


def language(code: str) -> str:
    """Name of the attribute that holds the level of the language `code` (ISO 639-1)."""
    return f"language:{code}"


def city_key(name: str) -> str:
    """What «г. Королёв» and «КОРОЛЕВ» have in common: «королев»."""
    folded = name.casefold().replace("ё", "е")
    plain = re.sub(r"^\s*(г\.|город\s)\s*", "", folded)
    return " ".join(re.findall(r"\w+", plain))
