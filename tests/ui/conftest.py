"""The app as somebody of the cast sees it, without a browser."""

from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from erp import db
from erp.access import Actor
from erp.services.sign_in import open_sign_in, token_hash
from erp.settings import ROOT
from erp.ui.engagement_fields import SECTIONS


def forget_kept_answers() -> None:
    """Each test has a database of its own, with revisions that look alike."""
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def app_as(database: Path) -> Callable[..., AppTest]:
    """Open the app signed in as an actor, on a page (None: Today) with what stands in its address.

    `app_as(cast.coordinator, "partner", partner=12)`; a page the actor may not open raises ValueError.
    """

    forget_kept_answers()

    def open_app(actor: Actor, page: str | None = None, **query: object) -> AppTest:
        assert actor.user_id is not None
        with db.writing(counts=False) as session:
            token = open_sign_in(session, actor.user_id, "a test's browser")
        app = AppTest.from_file(ROOT / "erp/ui/main.py", default_timeout=30)
        app.user = {"sid": token_hash(token)}
        app.run()
        if page is not None:
            app.switch_page(f"../../pages/{page}.py")
            for name, value in query.items():
                app.query_params[name] = str(value)
            app.run()
        return app

    return open_app


def unfold(app: AppTest, key: str) -> AppTest:
    """Open a folded part of the page, as a click on it does."""
    app.session_state[key] = True
    return app.run()


def field_of(app: AppTest, form: str, field: str) -> Any:
    """Return a field of the form of an engagement; where it is folded away, every part of the form is opened first."""
    key = f"{form}__{field}"
    try:
        return app.get_by_key(key)
    except KeyError:
        for title, *_ in SECTIONS:
            app.session_state[f"{form}__add_wanted_{title}"] = True
        return app.run().get_by_key(key)


def keyed(app: AppTest, form: str, field: str) -> str:
    """Return the key of a field of a form whose fields are keyed by its token."""
    return f"{form}_{app.session_state['_form_tokens'][form]}_{field}"


class _Cells(HTMLParser):
    """Reads the cells of a table, heads first."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            self.rows[-1].append("".join(self._cell))
            self._cell = None


def tables(app: AppTest) -> list[pd.DataFrame]:
    """Return the tables of text on the page, in their order; without heads the columns are numbers."""
    found = []
    for shown in app.get("html"):
        if '<div class="rows' not in shown.proto.body:
            continue
        cells = _Cells()
        cells.feed(shown.proto.body)
        with_heads = "<thead>" in shown.proto.body
        heads = cells.rows.pop(0) if with_heads else None
        found.append(pd.DataFrame(cells.rows, columns=heads))
    return found


class _Words(HTMLParser):
    """Reads the words of a piece of HTML, a line for each heading, paragraph, point, label or cell."""

    def __init__(self) -> None:
        super().__init__()
        self.words = ""
        self._style = False

    def handle_starttag(self, tag: str, _attrs: object) -> None:
        self._style = tag == "style"
        if tag in ("h2", "p", "li", "span", "td", "th", "dt", "dd"):
            self.words += "\n"

    def handle_data(self, data: str) -> None:
        if not self._style:
            self.words += data

    def handle_endtag(self, _tag: str) -> None:
        self._style = False


def prose(app: AppTest) -> str:
    """Return the words of all HTML on the page, tables among it, a line for each heading, paragraph and so on."""
    found = []
    for shown in app.get("html"):
        words = _Words()
        words.feed(shown.proto.body)
        found.append(words.words)
    return "\n".join(found)
