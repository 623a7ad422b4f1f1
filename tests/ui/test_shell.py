"""The shell around the pages: who gets in, what the menu holds, what the sidebar says."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.conftest import Cast


def test_everybody_of_the_cast_reaches_the_first_page(app_as: Callable[..., AppTest], cast: Cast) -> None:
    for actor in cast:
        app = app_as(actor)
        assert not app.exception
        assert not app.error


def test_a_page_that_is_not_for_the_role_cannot_be_opened(app_as: Callable[..., AppTest], cast: Cast) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app_as(cast.viewer, "imports")
