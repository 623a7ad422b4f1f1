"""The page behind a one-time link: somebody invited, or whose password is to be chosen anew, chooses it."""

from html import escape

from starlette.requests import Request
from starlette.responses import Response

from erp import db
from erp.errors import ERPError, NotFound
from erp.queries.accounts import AccountRow, holder_of_link
from erp.services.accounts import LINK_OVER, accept_invitation
from erp.services.records import now
from erp.services.sign_in import token_hash
from erp.web.cookies import enter
from erp.web.forms import Form
from erp.web.html import field, form, page, paragraph


def invitation_page(request: Request) -> Response:
    """Show the form to choose a password. Looking at it does not use the link up."""
    return _form_page(request, "")


def accept(request: Request, form_: Form) -> Response:
    """Choose the password and sign the person in."""
    if form_.get("password") != form_.get("again"):
        differ = paragraph(request, "The two passwords differ. Enter the same one twice.", "bad")
        return _form_page(request, differ, 400)
    try:
        with db.writing() as session:
            account_id = accept_invitation(session, request.path_params["token"], form_.get("password", ""))
    except NotFound:
        return _over(request)
    except ERPError as refusal:
        return _form_page(request, paragraph(request, str(refusal), "bad"), 400)
    return enter(request, account_id, "/")


def _form_page(request: Request, said: str, status: int = 200) -> Response:
    holder = _holder(request)
    if holder is None:
        return _over(request)
    hint = "At least 12 characters; a few words in a row are easy to remember."
    return page(
        request,
        "Choose your password",
        said,
        paragraph(request, "This is for {name}, {email}. The link works once.", name=holder.name, email=holder.email),
        form(
            request,
            request.url.path,
            "Keep this password and go on",
            f'<input type="email" autocomplete="username" value="{escape(holder.email)}" readonly hidden>',
            field(request, "password", "Password", kind="password", autocomplete="new-password", hint=hint, first=True),
            field(request, "again", "The same password again", kind="password", autocomplete="new-password"),
        ),
        status=status,
    )


def _holder(request: Request) -> AccountRow | None:
    with db.reading() as session:
        return holder_of_link(session, token_hash(request.path_params["token"]), now())


def _over(request: Request) -> Response:
    return page(request, "This link does not work", paragraph(request, LINK_OVER, "bad"), status=404)
