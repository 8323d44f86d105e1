"""Every table, imported so that the metadata is whole: for Alembic and for the mappers."""

from bridge import audit
from bridge.accounts import models as accounts
from bridge.candidates import models as candidates
from bridge.cases import models as cases
from bridge.consents import models as consents
from bridge.contacts import models as contacts
from bridge.employers import models as employers
from bridge.hiring import models as hiring
from bridge.jobs import models as jobs
from bridge.mail import models as mail
from bridge.notices import models as notices
from bridge.rights import models as rights
from bridge.search import models as search
from bridge.skills import models as skills
from bridge.students import models as students
from bridge.vacancies import models as vacancies

__all__ = [
    "accounts",
    "audit",
    "candidates",
    "cases",
    "consents",
    "contacts",
    "employers",
    "hiring",
    "jobs",
    "mail",
    "notices",
    "rights",
    "search",
    "skills",
    "students",
    "vacancies",
]
