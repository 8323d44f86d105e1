"""The extensions: created here, bound to the application in the factory."""

from __future__ import annotations

from flask_alembic import Alembic
from flask_babel import Babel
from flask_login import LoginManager
from flask_sqlalchemy_lite import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

db = SQLAlchemy(session_options={"autoflush": True, "expire_on_commit": False})
alembic = Alembic(run_mkdir=False)
babel = Babel()
csrf = CSRFProtect()
login_manager = LoginManager()
