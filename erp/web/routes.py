"""The addresses beside the pages, and what every request passes through."""

from starlette.middleware import Middleware
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from erp.settings import ROOT
from erp.web.forms import LARGEST_WORDS, posted
from erp.web.gate import SessionGate
from erp.web.headers import SecurityHeaders
from erp.web.invitation import accept, invitation_page
from erp.web.public_follow import act, enter, enter_page, follow_page
from erp.web.public_parts import not_here
from erp.web.public_say import say_page, send
from erp.web.public_told import poster, told_page
from erp.web.set_up import set_up, set_up_page
from erp.web.sign_in import demo_sign_in, sign_in, sign_in_page, sign_out, sign_out_page
from erp.web.start import healthz

ROUTES: list[BaseRoute] = [
    Route("/healthz", healthz),
    Route("/setup", set_up_page, methods=["GET"]),
    Route("/setup", posted(set_up), methods=["POST"]),
    Route("/signin", sign_in_page, methods=["GET"]),
    Route("/signin", posted(sign_in), methods=["POST"]),
    Route("/demo-signin", posted(demo_sign_in), methods=["POST"]),
    Route("/signout", sign_out_page, methods=["GET"]),
    Route("/signout", posted(sign_out), methods=["POST"]),
    Route("/invitation/{token}", invitation_page, methods=["GET"]),
    Route("/invitation/{token}", posted(accept), methods=["POST"]),
    Route("/public", lambda _request: RedirectResponse("public/say", 303), methods=["GET"]),
    Route("/public/say", say_page, methods=["GET"]),
    Route("/public/say", posted(send, LARGEST_WORDS), methods=["POST"]),
    Route("/public/say/{link}", say_page, methods=["GET"]),
    Route("/public/say/{link}", posted(send, LARGEST_WORDS), methods=["POST"]),
    Route("/public/follow", enter_page, methods=["GET"]),
    Route("/public/follow", posted(enter), methods=["POST"]),
    Route("/public/follow/{receipt}", follow_page, methods=["GET"]),
    Route("/public/follow/{receipt}", posted(act, LARGEST_WORDS), methods=["POST"]),
    Route("/public/you-said-we-did", told_page, methods=["GET"]),
    Route("/public/you-said-we-did.pdf", poster, methods=["GET"]),
    Route("/public/{nothing:path}", not_here, methods=["GET"]),
    Mount("/app/static", StaticFiles(directory=ROOT / "static")),
]

MIDDLEWARE = [Middleware(SecurityHeaders), Middleware(SessionGate)]
