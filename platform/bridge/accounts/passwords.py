"""Passwords: hashing, and which ones are too easy to guess."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from urllib.parse import urlsplit

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from bridge.config import Config

MIN_LENGTH = 8
MAX_LENGTH = 1000
# OWASP's recommendation for argon2id (Password Storage Cheat Sheet): 19 MiB, two passes.
_hasher = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
# What people here type first, after dropping all but letters and digits; the 30,000 that were met
# most often in leaks come from zxcvbn.
_COMMON_WORDS = """
password passw0rd p4ssw0rd password1 password12 password123 passwort motdepasse parol parol123
parolparol пароль пароль1 пароль123 парольпароль qwertyui qwertyuiop qwerty123 qwerty12
qwerty1234 qwerty12345 qwertyqwerty 1qaz2wsx 1q2w3e4r 1q2w3e4r5t qazwsxedc zaq12wsx asdfghjk
asdfghjkl zxcvbnm1 zxcvbnm123 йцукенгш йцукенгшщз йцукен123 йцукен12 фывапролд ячсмитьб
qwe123qwe 123qweasd 12345678 123456789 1234567890 87654321 987654321 0987654321 11223344
12341234 12344321 12121212 123123123 123321123 147258369 789456123 13579246 a1234567
abcd1234 abc12345 abcdefgh iloveyou ilovemom sunshine princess football baseball superman
starwars dragon12 monkey123 letmein1 welcome1 welcome123 admin123 admin1234 administrator
changeme trustno1 whatever computer internet university student1 student123 gagarin1 gagarin61
korolev1 korolyov космос123 королев1 гагарин1 студент1 студент123 россия123 москва123
любовь123 привет123 приветпривет здравствуй люблютебя
"""
# What everybody knows of the platform.
_PLACE = (
    *("bridge", "мост", "университет", "university", "студент", "student", "преподаватель"),
    *("леонов", "leonov", "королёв", "королев", "korolev", "корпорация", "предприятие"),
)


def hash_password(password: str) -> str:
    """An argon2id hash; equal whether the characters were typed composed or not."""
    return _hasher.hash(_same(password))


def verify_password(password_hash: str | None, password: str) -> bool:
    """Whether the password fits. Takes as long where there is no hash to compare with."""
    try:
        return _hasher.verify(password_hash or _hash_of_nobody(), _same(password)) and bool(
            password_hash
        )
    except (VerificationError, InvalidHashError):
        return False


def needs_rehash(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def weakness(password: str, *personal: str, here: tuple[str, ...] = ()) -> LazyString | None:
    """Why the password will not do, as a lazy text; None where it will. `personal` is what
    others know of its owner: name and e-mail address; `here`, what they know of the place
    (`names_of_place`)."""
    text = _same(password)
    if len(text) < MIN_LENGTH:
        return _l("Take at least 8 characters.")
    if len(text) > MAX_LENGTH:
        return _l("Take at most 1,000 characters.")
    plain = _letters(text)
    if plain in _common() or len(set(text)) < 4:
        return _l("This password is among the first that others would try. Take another.")
    if _is_made_of(plain, personal):
        return _l("The password consists of your name or e-mail address. Take another.")
    if _is_made_of(plain, (*here, *personal)):
        return _l("The password consists of names that everybody knows here. Take another.")
    return None


def names_of_place(config: Config) -> tuple[str, ...]:
    """Of the platform, its university and its address."""
    host = urlsplit(config.base_url).hostname or ""
    return (*_PLACE, config.university_ru, config.university_en, *host.split("."))


@cache
def _common() -> frozenset[str]:
    # Imported late: the package reads all its lists, which a process without new passwords spares.
    from zxcvbn.matching import RANKED_DICTIONARIES

    return frozenset(_COMMON_WORDS.split()).union(map(_letters, RANKED_DICTIONARIES["passwords"]))


def _is_made_of(plain: str, personal: tuple[str, ...]) -> bool:
    """Whether nothing but digits is left when words that others know are taken out."""
    words = {_letters(word) for text in personal for word in re.split(r"[\s@._+-]+", text)}
    words |= {_letters(text) for text in personal}
    rest = plain
    for word in sorted((word for word in words if len(word) > 2), key=len, reverse=True):
        rest = rest.replace(word, "")
    return rest != plain and len(re.sub(r"\d", "", rest)) < 3


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text).casefold()


def _same(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


@cache
def _hash_of_nobody() -> str:
    return hash_password("nobody has this password")
