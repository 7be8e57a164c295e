#!/bin/sh
# Writes the lock files: every package that comes along, pinned, with the hashes of its files. Needs the package index.
# Run it (make lock) after a requirements file has changed; what is locked already stays at its version.
set -eu
cd "$(dirname "$0")/.."

tools=.venv-tools
[ -x $tools/bin/uv ] || { .venv/bin/python -m venv $tools && $tools/bin/python -m pip install --quiet uv==0.13.9; }

# lock NAME FILE… makes NAME.lock for every platform and every Python we run on.
lock() {
    name=$1
    shift
    echo "# Made by make lock from: $*. Install with: pip install --require-hashes --requirement $name.lock" >"$name.new"
    [ ! -f "$name.lock" ] || cp "$name.lock" "$name.held"
    $tools/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --no-annotate \
        --no-emit-index-url --no-emit-find-links --output-file "$name.held" "$@"
    cat "$name.held" >>"$name.new"
    rm "$name.held"
    mv "$name.new" "$name.lock"
}

lock requirements requirements.txt
lock requirements-dev requirements.txt requirements-dev.txt --constraint requirements.lock
lock requirements-mysql requirements-mysql.txt
lock requirements-postgres requirements-postgres.txt --constraint requirements.lock
lock requirements-s3 requirements-s3.txt --constraint requirements-dev.lock
lock requirements-bench requirements.txt requirements-bench.txt --constraint requirements-dev.lock
lock requirements-clients requirements-clients.txt
