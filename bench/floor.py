"""The bare floor: the same tasks on the same database in Streamlit alone. No sign-in, permissions, audit, styling, ORM.

Run as `BENCH_DB=… streamlit run bench/floor.py`. Every page ends with a line that begins with "done".
"""

import os
import sqlite3

import altair as alt
import pandas as pd
import streamlit as st

PARTNERS = """SELECT p.id, p.name, p.kind, p.area,
    (SELECT max(on_day) FROM fact f WHERE f.partner_id = p.id AND f.kind = 'contact') AS last_contact,
    (SELECT count(*) FROM commitment c WHERE c.partner_id = p.id AND c.done_on IS NULL) AS open_promises,
    (SELECT count(*) FROM feedback_item i WHERE i.partner_id = p.id AND i.state <> 'confirmed') AS open_feedback
    FROM (SELECT * FROM partner WHERE name LIKE ? ORDER BY name LIMIT 50) p"""
HELD = """SELECT e.held_on, e.kind, e.purpose FROM engagement e JOIN engagement_partner a ON a.engagement_id = e.id
    WHERE a.partner_id = ? ORDER BY e.held_on DESC LIMIT 50"""
SAID = """SELECT received_on, kind, words, state FROM feedback_item
    WHERE partner_id = ? ORDER BY received_on DESC LIMIT 50"""
LOGGED = """INSERT INTO engagement (key, as_written, extras, notes, recorded_at, version, void_reason, status, kind,
    held_on, held_at, place, remote, language, interpreter, county_people, purpose, facts, quotes, opinions, decisions,
    asked_by, agenda_by, decided_by) VALUES (lower(hex(randomblob(8))), '{}', '{}', '', datetime('now'), 1, '', 'held',
    'meeting', date('now'), '', '', 0, '', 'not_said', '', ?, '', '', '', '', 'unknown', 'unknown', 'unknown')"""
TOOK_PART = "INSERT INTO engagement_partner (engagement_id, partner_id, name_written, two_way) VALUES (?, ?, '', 1)"
PAGES = {}


@st.cache_resource
def database() -> sqlite3.Connection:
    opened = sqlite3.connect(os.environ["BENCH_DB"], check_same_thread=False)
    opened.execute("PRAGMA journal_mode=WAL")
    opened.execute("PRAGMA synchronous=FULL")
    opened.execute("PRAGMA cache_size=-20000")
    return opened


def done(what: str) -> None:
    st.markdown(f"done {what}")


def zero() -> None:
    for partner in range(1, 13):
        st.page_link(PAGES["partner"], label=f"partner {partner}", query_params={"partner": str(partner)})
    done("zero")


def links() -> None:
    rows = database().execute("SELECT id, name, kind, area FROM partner ORDER BY name LIMIT 50").fetchall()
    for partner, name, kind, area in rows:
        with st.container(border=True, gap=None):
            st.page_link(PAGES["partner"], label=name, query_params={"partner": str(partner)})
            st.caption(f"{kind} {area}")
    done("links")


def partners() -> None:
    words = st.text_input("search")
    rows = pd.read_sql_query(PARTNERS, database(), params=[f"%{words}%"])
    event = st.dataframe(rows, hide_index=True, on_select="rerun", selection_mode=["single-row", "single-cell"])
    chosen = event["selection"]["rows"] or [row for row, _ in event["selection"]["cells"]]
    if chosen:
        st.switch_page(PAGES["partner"], query_params={"partner": str(rows["id"].iloc[chosen[0]])})
    done(f"partners {words} {len(rows)} rows")


def partner() -> None:
    number = int(st.query_params["partner"])
    name, kind = database().execute("SELECT name, kind FROM partner WHERE id = ?", (number,)).fetchone()
    st.title(name)
    st.markdown(kind)
    st.dataframe(pd.read_sql_query(HELD, database(), params=[number]), hide_index=True)
    st.dataframe(pd.read_sql_query(SAID, database(), params=[number]), hide_index=True)
    done(f"partner {number}")


def log() -> None:
    with st.form("meeting", clear_on_submit=True):
        chosen = st.text_input("partners, by number")
        purpose = st.text_input("purpose")
        if st.form_submit_button("Save"):
            with database() as connection:
                engagement = connection.execute(LOGGED, (purpose,)).lastrowid
                at = [(engagement, int(number)) for number in chosen.split()]
                connection.executemany(TOOK_PART, at)
            st.success(f"Saved {engagement} with {len(at)} partners")
    done("log")


def health() -> None:
    months = pd.read_sql_query("SELECT month, kind, n FROM bench_months", database())
    st.altair_chart(alt.Chart(months).mark_line().encode(x="month:T", y="n:Q", color="kind:N"))
    done(f"health {months['n'].sum()}")


PAGES |= {
    draw.__name__: st.Page(draw, url_path=draw.__name__) for draw in (zero, links, partners, partner, log, health)
}
st.navigation(list(PAGES.values())).run()
