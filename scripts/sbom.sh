#!/bin/sh
# Writes the bill of materials of what runs in production: every package of requirements.lock, as CycloneDX.
set -eu
cd "$(dirname "$0")/.."

tools=.venv-tools
[ -x $tools/bin/cyclonedx-py ] || {
    .venv/bin/python -m venv $tools
    $tools/bin/python -m pip install --quiet cyclonedx-bom==7.5.0
}
mkdir -p dist
$tools/bin/cyclonedx-py requirements requirements.lock --pyproject pyproject.toml --output-reproducible \
    --output-format JSON --output-file dist/autopost.cdx.json
echo "dist/autopost.cdx.json: $(grep -c '"bom-ref"' dist/autopost.cdx.json) components"
