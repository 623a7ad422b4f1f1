"""The ASGI app around Streamlit: sign-in, the gate, health check, public pages."""
