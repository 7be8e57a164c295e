"""Operations that Django has not, or carries out dearly on a large table."""

from django.db import migrations


class DropOwnIndex(migrations.AlterField):
    """A foreign key gives up the index of its own, where another begins with its column.

    Django would check every row's key anew on PostgreSQL and copy the whole table on SQLite.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        table = from_state.apps.get_model(app_label, self.model_name)
        column = table._meta.get_field(self.name).column
        for name in schema_editor._constraint_names(table, [column], index=True, unique=False, primary_key=False):
            schema_editor.execute(schema_editor._delete_index_sql(table, name))

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        """Nothing asked for it, so nothing misses it."""
