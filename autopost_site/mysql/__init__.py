"""Django's backend for MySQL and MariaDB, with one word less to the server in each transaction."""
