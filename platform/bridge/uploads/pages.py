"""The pages on which staff bring tables of one kind: the same four for each."""

from __future__ import annotations

from functools import partial, update_wrapper

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from bridge.extensions import db
from bridge.imports import Outcome
from bridge.permissions import Permission, requires
from bridge.tables import FILE_LIMIT, TableError
from bridge.uploads import service
from bridge.uploads.kinds import Kind
from bridge.uploads.models import TableUpload
from bridge.uploads.queries import upload_of, uploads_of
from bridge.web.forms import TableForm
from bridge.web.pagination import paginate

Answer = str | Response | tuple[str, int]
# What comes with the file in the form.
REST_OF_FORM = 64 * 1024


class UploadPages:
    """list_template, with the form, and detail_template extend `uploads/index.html` and
    `uploads/detail.html`."""

    def __init__(
        self, kind: Kind, form_class: type[TableForm], list_template: str, detail_template: str
    ) -> None:
        self.kind = kind
        self.form_class = form_class
        self.list_template = list_template
        self.detail_template = detail_template

    def blueprint(self, name: str, url_prefix: str, permission: Permission) -> Blueprint:
        made = Blueprint(name, __name__, url_prefix=url_prefix)
        for endpoint, path, methods in (
            ("index", "", ("GET", "POST")),
            ("detail", "/<id:upload_id>", ("GET",)),
            ("apply", "/<id:upload_id>/apply", ("POST",)),
            ("drop", "/<id:upload_id>/drop", ("POST",)),
        ):
            method = getattr(self, endpoint)
            # A method takes no attributes, as which the permission is declared.
            view = requires(permission)(update_wrapper(partial(method), method))
            made.add_url_rule(path, endpoint, view, methods=methods)

        @made.url_value_preprocessor
        def allow_files(endpoint: str | None, _values: dict[str, object] | None) -> None:
            """A table may be larger than other forms; before anything of the form is read."""
            if endpoint == f"{name}.index":
                request.max_content_length = FILE_LIMIT + REST_OF_FORM

        return made

    def index(self) -> Answer:
        form = self.form_class()
        if not form.is_submitted():
            return self._page(form)
        if not form.validate():
            return self._page(form), 422
        try:
            content = form.file.data.read()
            made = service.upload(self.kind, content, actor=current_user, invites=form.is_inviting)
        except TableError as error:
            db.session.rollback()
            form.file.errors = [str(error)]
            return self._page(form), 422
        return redirect(url_for(".detail", upload_id=made.id), 303)

    def detail(self, upload_id: int) -> str:
        upload = self._load(upload_id)
        return render_template(self.detail_template, upload=upload, outcomes=list(Outcome))

    def apply(self, upload_id: int) -> Response:
        service.apply(self._load(upload_id), actor=current_user)
        return redirect(url_for(".detail", upload_id=upload_id), 303)

    def drop(self, upload_id: int) -> Response:
        service.drop(self._load(upload_id), actor=current_user)
        db.session.commit()
        flash(_("The file is removed; nothing of it was taken over."), "ok")
        return redirect(url_for(".index"), 303)

    def _page(self, form: TableForm) -> str:
        return render_template(
            self.list_template,
            form=form,
            page=paginate(uploads_of(self.kind.name)),
            columns={own: names[0] for own, names in self.kind.columns.items()},
            required=self.kind.required,
        )

    def _load(self, upload_id: int) -> TableUpload:
        return upload_of(self.kind.name, upload_id) or abort(404)
