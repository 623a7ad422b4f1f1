"""Alembic's entry: runs the migrations on the connection that erp.services.upkeep hands over."""

from alembic import context

from erp.models import Table

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=Table.metadata,
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
