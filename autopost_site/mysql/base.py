"""Django's backend for MySQL and MariaDB, whose transactions are begun, where Django switches automatic commits off.

Switched off they must be switched on again, and each of both is an answer to wait for; BEGIN ends with its COMMIT.
https://docs.djangoproject.com/en/5.2/ref/databases/#subclassing-the-built-in-database-backends
https://mariadb.com/kb/en/start-transaction/
"""

from django.db.backends.mysql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own but for how ``atomic`` begins."""

    def _start_transaction_under_autocommit(self) -> None:
        """Begin; Django calls this where it is, instead of switching automatic commits off. Raises DatabaseError."""
        with self.wrap_database_errors:
            self.connection.begin()
