"""Russian words that tell who speaks: brought to one form, so that no score depends on it.

The stemmer already joins most pairs («разработал», «разработала»; «уверенный», «уверенная»).
Left are nouns for people («студентка»), past tenses with another stem («смогла», «прошла») and
short adjectives («готов»). Words that merely end so («страница») get another key, which harms none.
"""

from __future__ import annotations

import re

_CASES = "(?:а|ы|и|е|у|ой|ою|ей|ею|ам|ами|ах)?"
_PEOPLE = (
    (re.compile(rf"(?<=..)тельниц{_CASES}$"), "тель"),
    (re.compile(rf"(?<=..)ниц{_CASES}$"), "ник"),
    (re.compile(rf"(?<=..)([щч])иц{_CASES}$"), r"\1ик"),
    # Four letters at least before it: «очистка» is no person.
    (re.compile(rf"(?<=....)ист(?:к{_CASES}|ок)$"), "ист"),
    (re.compile(rf"(?<=..)([ае]нт)(?:к{_CASES}|ок)$"), r"\1"),
    (
        re.compile(
            rf"(стажер|дизайнер|призер|автор|инженер|лауреат|лидер|менеджер)(?:к{_CASES}|ок)$"
        ),
        r"\1",
    ),
    (re.compile(rf"секретарш{_CASES}$"), "секретарь"),
)
_PAST = (
    (re.compile(r"(?<=.)шл[аои]$"), "шел"),
    (re.compile(r"(мог|нес|вез|рос)л[аои]$"), r"\1"),
)
_SHORT = {
    "готов": "готова",
    "должен": "должна",
    "знаком": "знакома",
    "способен": "способна",
}


def common_form(word: str) -> str:
    """Return the form that a folded Russian word shares with that of the other gender."""
    for pattern, form in (*_PAST, *_PEOPLE):
        changed, number = pattern.subn(form, word)
        if number:
            return changed
    return _SHORT.get(word, word)
