"""Questions: (session, actor, …) → frame or frozen row. Every one filters by what the actor may see."""
