"""The only Streamlit below the pages: session, navigation, cached loads, submit(), widgets, table columns."""
