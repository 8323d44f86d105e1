"""Every table, imported so that the metadata is whole: for Alembic and for the mappers."""

from bridge import audit
from bridge.accounts import models as accounts
from bridge.accounts.factors import models as factors
from bridge.applications import models as applications
from bridge.blocks import models as blocks
from bridge.candidates import models as candidates
from bridge.cases import models as cases
from bridge.consents import models as consents
from bridge.contacts import models as contacts
from bridge.employers import models as employers
from bridge.hiring import models as hiring
from bridge.interviews import models as interviews
from bridge.jobs import models as jobs
from bridge.limits import models as limits
from bridge.mail import models as mail
from bridge.moderation import models as moderation
from bridge.notices import models as notices
from bridge.reports import models as reports
from bridge.rights import models as rights
from bridge.saved_searches import models as saved_searches
from bridge.search import models as search
from bridge.skills import models as skills
from bridge.students import models as students
from bridge.uploads import models as uploads
from bridge.vacancies import models as vacancies

__all__ = [
    "accounts",
    "applications",
    "audit",
    "blocks",
    "candidates",
    "cases",
    "consents",
    "contacts",
    "employers",
    "factors",
    "hiring",
    "interviews",
    "jobs",
    "limits",
    "mail",
    "moderation",
    "notices",
    "reports",
    "rights",
    "saved_searches",
    "search",
    "skills",
    "students",
    "uploads",
    "vacancies",
]
