"""What every form post goes through: it must come from our own page, be small, and be plain form fields."""

import ipaddress
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qsl, urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response

from erp.web.html import page, paragraph

#: Bytes of a form at most; the longest of those around signing in, the set-up form in Spanish, is under 2 kB.
LARGEST_FORM = 16_384
#: Bytes of what is written on a public page: 4,000 letters take up to twelve bytes each on their way.
LARGEST_WORDS = 65_536
#: Fields of a form at most.
MOST_FIELDS = 20

Form = dict[str, str]


def posted(
    handle: Callable[[Request, Form], Response], largest: int = LARGEST_FORM
) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint of a form: the checks above, then `handle(request, form)` off the event loop.

    `largest`: bytes that the form may have.
    """

    async def endpoint(request: Request) -> Response:
        if not same_origin(request):
            return await run_in_threadpool(_refusal, request)
        form = await read_form(request, largest)
        if form is None:
            return PlainTextResponse("too large, or not a form", 413)
        return await run_in_threadpool(handle, request, form)

    return endpoint


def same_origin(asked: HTTPConnection) -> bool:
    """Say whether a request comes from our own pages, or from no page at all (a program without a browser)."""
    site, origin = asked.headers.get("sec-fetch-site"), asked.headers.get("origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    try:
        return origin is None or urlsplit(origin).netloc == asked.headers.get("host")
    except ValueError:  # not an address at all
        return False


async def read_form(request: Request, largest: int) -> Form | None:
    """Return the fields of a form; None where it is too large or something else than a plain form."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return None
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            return None
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        return None


def safe_next(address: str) -> str:
    """Return an address to go on to after signing in; anything that could leave this app becomes the first page."""
    inside = address.startswith("/") and not address.startswith("//")
    plain = "\\" not in address and address.isprintable()
    return address if inside and plain else "/"


def network_of(asked: HTTPConnection) -> str:
    """Return the network address asking; of an IPv6 address the part that belongs to one place (/64)."""
    host = asked.client.host if asked.client else "unknown"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((number, 64), strict=False)) if number.version == 6 else host


def _refusal(request: Request) -> Response:
    nothing_done = paragraph(request, "Nothing was done. Open the page again and send the form from there.", "bad")
    return page(request, "This page was not asked for from here", nothing_done, status=403)
