"""Numbers in an address: only those that a record may have are looked for."""

import pytest
import streamlit as st

from erp.ui.address import number_in_address


@pytest.mark.parametrize(
    ("given", "number"),
    [("7", 7), ("2147483647", 2**31 - 1), ("2147483648", 0), ("3000000000", 0), ("9" * 30, 0), ("²", 0), ("", 0)],
)
def test_a_number_that_no_record_has_is_none(monkeypatch: pytest.MonkeyPatch, given: str, number: int) -> None:
    monkeypatch.setattr(st, "query_params", {"partner": given})
    assert number_in_address("partner") == number
