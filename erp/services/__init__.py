"""Verbs: (session, actor, draft) → outcome. Rules and audit; they flush, never commit."""
