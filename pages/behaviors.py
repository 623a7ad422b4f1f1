"""Page not written yet."""

from erp.ui.session import require_actor

actor = require_actor()
