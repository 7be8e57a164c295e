"""Passwords of the tests: hashed as those of the site, and quickly."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class Quick(PBKDF2PasswordHasher):
    """One round instead of a million, which take a third of a second of a core for every editor of every test.

    The algorithm, and so its name in the hash, is the site's own: processes that a test starts can check it too.
    """

    iterations = 1
