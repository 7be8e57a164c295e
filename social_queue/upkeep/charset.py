"""Can the database hold every letter? MySQL's and MariaDB's older character sets know no emoji and fewer scripts, and
a PostgreSQL that was set up without a language has an encoding of bytes or of one alphabet.

Django asks for utf8mb4 when it connects, but what a column holds was settled when the database was made.
"""

import logging
from collections.abc import Iterator

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

WANTED = "utf8mb4"
#: What the servers call a letter that a column can't hold: ER_TRUNCATED_WRONG_VALUE_FOR_FIELD,
#: https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference, and its younger sister of MySQL.
_LETTER_REFUSED = (1366, 3854)
#: untranslatable_character, https://www.postgresql.org/docs/current/errcodes-appendix.html
_UNTRANSLATABLE = "22P05"

_DATABASE = (
    "SELECT schema_name, default_character_set_name FROM information_schema.schemata WHERE schema_name = DATABASE()"
)
_COLUMNS = (
    "SELECT table_name, column_name, column_type, is_nullable, character_set_name, collation_name, data_type "
    "FROM information_schema.columns WHERE table_schema = DATABASE() AND character_set_name IS NOT NULL "
    "ORDER BY table_name, ordinal_position"
)


def problems() -> list[str]:
    """A sentence, with the statements that mend it, when some of our columns or coming ones can't hold every letter."""
    looks = {"mysql": _of_mysql, "postgresql": _of_postgresql}.get(connection.vendor)
    return looks() if looks else []


def _of_postgresql() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_database(), current_setting('server_encoding')")
            name, encoding = cursor.fetchone()
    except DatabaseError:
        logger.warning("the encoding can't be looked at", exc_info=True)
        return []
    if encoding == "UTF8":
        return []
    return [
        f"The database {name} has the encoding {encoding}, which can't hold every letter: texts with emoji and the "
        "like are refused. An encoding can't be changed: make another database with CREATE DATABASE … ENCODING 'UTF8' "
        "TEMPLATE template0; run migrate on it, and carry the site over with manage.py move_to."
    ]


def _of_mysql() -> list[str]:
    try:
        with connection.cursor() as cursor:
            cursor.execute(_DATABASE)
            name, charset = cursor.fetchone()
            cursor.execute(_COLUMNS)
            columns = cursor.fetchall()
    except DatabaseError:
        logger.warning("the character set can't be looked at", exc_info=True)
        return []
    statements = [] if charset == WANTED else [f"ALTER DATABASE `{name}` CHARACTER SET {WANTED};"]
    statements += _conversions(columns)
    if not statements:
        return []
    held = charset if charset != WANTED else next(row[4] for row in columns if row[4] != WANTED)
    return [
        f"The database {name} has the character set {held}, which can't hold every letter: texts with emoji and the "
        f"like are refused. Make a copy of it, stop the site, and run: {' '.join(statements)}"
    ]


def refused_a_letter(fault: Exception) -> bool:
    """Did the database refuse a text for a letter in it? To be sent again is no use then."""
    if not isinstance(fault, DatabaseError):
        return False
    return (fault.args[:1] or (None,))[0] in _LETTER_REFUSED or (
        getattr(fault.__cause__, "sqlstate", None) == _UNTRANSLATABLE
    )


def _conversions(columns: list[tuple]) -> Iterator[str]:
    """For each table what converts it; then what makes its columns exact again that are compared letter for letter."""
    ours = set(connection.introspection.django_table_names(only_existing=True))
    for table in sorted({row[0] for row in columns if row[4] != WANTED and row[0] in ours}):
        yield f"ALTER TABLE `{table}` CONVERT TO CHARACTER SET {WANTED};"
        exact = [row for row in columns if row[0] == table and row[5] == f"{WANTED}_bin" and row[6] == "varchar"]
        kept = [
            f"MODIFY `{row[1]}` {row[2]} CHARACTER SET {WANTED} COLLATE {WANTED}_bin "
            f"{'NULL' if row[3] == 'YES' else 'NOT NULL'}"
            for row in exact
        ]
        if kept:
            yield f"ALTER TABLE `{table}` {', '.join(kept)};"
