#!/bin/sh
# Makes .venv with everything installed, and nothing else. Run again it costs nothing until a requirements file changes.
set -eu
cd "$(dirname "$0")/.."

venv=.venv
stamp=$venv/.installed
mysql_stamp=$venv/.installed-mysql
mysql_packages="default-libmysqlclient-dev pkg-config gcc"
postgres_stamp=$venv/.installed-postgres
shaper_stamp=$venv/.asked-shaper
shaper=libfribidi0

say() { printf '%s\n' "$*" >&2; }
sum() { cat "$@" scripts/setup.sh | cksum; }
pip() { "$venv/bin/python" -m pip --disable-pip-version-check --no-input "$@"; }
is_current() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

find_python() {
    for name in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && python=$name && return 0
    done
    return 1
}

make_venv() {
    find_python || { scripts/need-debian python3 python3-venv && find_python; } || {
        say "Autopost needs Python 3.11 or later: sudo apt-get install python3 python3-venv"
        exit 1
    }
    [ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && return
    # Debian keeps the half of venv that brings pip in a package of its own.
    "$python" -c 'import ensurepip, venv' 2>/dev/null || scripts/need-debian python3-venv || {
        say "Python's venv module is missing: sudo apt-get install python3-venv"
        exit 1
    }
    rm -rf "$venv"
    "$python" -m venv "$venv"
}

install_all() {
    wanted=$(sum requirements-dev.lock)
    is_current "$stamp" "$wanted" && return
    say "Installing Autopost's Python packages into $venv (a minute or two) …"
    # Every file is checked against the hash in the lock: nothing is installed that nobody looked at.
    pip install --quiet --require-hashes --requirement requirements-dev.lock
    remove_what_came_with_venv
    echo "$wanted" >"$stamp"
}

# Python before 3.12 puts setuptools into every venv, later ones don't: what no lock names must be missed everywhere.
remove_what_came_with_venv() {
    for name in setuptools wheel; do
        grep -q "^$name==" requirements-dev.lock || pip uninstall --quiet --yes "$name" 2>/dev/null || true
    done
}

# The MySQL driver is compiled here, which a machine may be unable to do: SQLite must work all the same.
install_mysql() {
    wanted=$(sum requirements-mysql.lock)
    is_current "$mysql_stamp" "$wanted" && return
    is_current "$mysql_stamp" "not $wanted" && ! can_compile && missing_mysql && return
    if ! can_compile; then
        headers=
        has_headers || headers=python3-dev
        # shellcheck disable=SC2086 - a list of words
        scripts/need-debian $mysql_packages $headers || true
    fi
    if can_compile && pip install --quiet --require-hashes --requirement requirements-mysql.lock; then
        echo "$wanted" >"$mysql_stamp"
    else
        echo "not $wanted" >"$mysql_stamp"
        missing_mysql
    fi
}

has_headers() {
    "$venv/bin/python" -c 'import pathlib, sys, sysconfig
sys.exit(not (pathlib.Path(sysconfig.get_path("include")) / "Python.h").exists())'
}

can_compile() {
    has_headers && command -v gcc >/dev/null 2>&1 && command -v pkg-config >/dev/null 2>&1 &&
        { pkg-config --exists mysqlclient || pkg-config --exists mariadb || pkg-config --exists libmariadb; }
}

missing_mysql() {
    say "SQLite is ready; for MySQL and MariaDB first: sudo apt-get install $mysql_packages python3-dev, then make setup."
}

# In wheels, but not for every machine: where there is none, everything else must work all the same.
install_postgres() {
    wanted=$(sum requirements-postgres.lock)
    is_current "$postgres_stamp" "$wanted" && return
    if pip install --quiet --only-binary :all: --require-hashes --requirement requirements-postgres.lock; then
        echo "$wanted" >"$postgres_stamp"
    else
        say "SQLite is ready; psycopg, the driver for PostgreSQL, has no wheel for this machine or could not be fetched."
    fi
}

# Pillow brings Raqm along but takes FriBiDi from the system; without it cards are drawn too, a little poorer.
install_shaper() {
    can_shape && return
    wanted=$(sum requirements.lock)
    if ! is_current "$shaper_stamp" "$wanted"; then
        scripts/need-debian $shaper || true
        echo "$wanted" >"$shaper_stamp"
    fi
    can_shape || say "Cards are drawn, but emoji sequences and accents on them come out poorer: sudo apt-get install $shaper."
}

can_shape() {
    "$venv/bin/python" -c 'from PIL import features; raise SystemExit(not features.check("raqm"))'
}

make_venv
install_all
install_mysql
install_postgres
install_shaper
