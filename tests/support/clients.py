"""Other people's clients for the tests: a virtual environment of their own, and folders of Node packages in it."""

import contextlib
import fcntl
import functools
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.support.environment import ROOT

VENV = ROOT / ".venv-clients"
REQUIREMENTS = ROOT / "requirements-clients.lock"
NODE_SOURCES = ROOT / "tests" / "clients" / "node"
NODE_FOLDER = VENV / "node"
API_SOURCES = ROOT / "tests" / "api" / "node"
API_FOLDER = VENV / "api"
AXE_SOURCES = ROOT / "tests" / "browser" / "node"
AXE_FOLDER = VENV / "axe"
#: The oldest on which all of them run.
_OLDEST_NODE = 18
_INSTALL_WITHIN_S = 600
_RUN_WITHIN_S = 240


class Unavailable(Exception):
    """The clients can't be had here; the sentence says what is missing and what to type."""


@functools.cache
def python() -> Path:
    """The Python that has the Python clients, installed when first asked for. Raises Unavailable."""
    found = VENV / "bin" / "python"
    with _missing("python", _sum(REQUIREMENTS) + sys.version) as missing:
        if missing:
            shutil.rmtree(VENV, ignore_errors=True)
            _install([sys.executable, "-m", "venv", VENV], "a virtual environment")
            command = [found, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet"]
            command += ["--require-hashes", "--requirement", REQUIREMENTS]
            _install(command, f"the packages of {REQUIREMENTS.name}")
    return found


@functools.cache
def node() -> str:
    """The Node that runs the Node clients, installed when first asked for. Raises Unavailable."""
    program, version = _node_program()
    _node_packages(NODE_SOURCES, NODE_FOLDER, version)
    return program


@functools.cache
def api_folder() -> Path:
    """Where the judges of our API's description, and what makes a client of it, are installed. Raises Unavailable."""
    _node_packages(API_SOURCES, API_FOLDER, _node_program()[1])
    return API_FOLDER


def _node_program() -> tuple[str, str]:
    """(Node, what it says of its version)."""
    python()
    if not shutil.which("npm"):
        subprocess.run([ROOT / "scripts" / "need-debian", "npm"], check=False)
    program = shutil.which("node") or shutil.which("nodejs")
    if not (program and shutil.which("npm")):
        raise Unavailable("There is no npm here: `apt-get install npm`.")
    told = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    if not told.startswith("v") or int(told[1:].partition(".")[0]) < _OLDEST_NODE:
        raise Unavailable(f"Node {told} is too old: {_OLDEST_NODE} or later is needed.")
    return program, told


@functools.cache
def axe() -> str:
    """The script that tells whether everybody can use a page, installed when first asked for. Raises Unavailable."""
    if not shutil.which("npm"):
        subprocess.run([ROOT / "scripts" / "need-debian", "npm"], check=False)
    if not shutil.which("npm"):
        raise Unavailable("There is no npm here: `apt-get install npm`.")
    VENV.mkdir(exist_ok=True)
    _node_packages(AXE_SOURCES, AXE_FOLDER, "")
    return (AXE_FOLDER / "node_modules" / "axe-core" / "axe.min.js").read_text()


def _node_packages(sources: Path, folder: Path, more: str) -> None:
    """What the lists in ``sources`` name, in ``folder``; anew when they or ``more`` have changed."""
    lists = [sources / name for name in ("package.json", "package-lock.json", ".npmrc")]
    with _missing(folder.name, _sum(*lists) + more) as missing:
        if missing:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            for listed in lists:
                shutil.copy(listed, folder)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix", folder]
            _install(command, f"the packages of {sources.relative_to(ROOT)}")


def run_python(module: str, *arguments: str, beside: Path = ROOT) -> str:
    """What a program of tests/clients prints; ``beside``: a folder whose packages it finds as well."""
    return _run([python(), "-m", f"tests.clients.{module}", *arguments], PYTHONPATH=str(beside))


def generate_python(description: Path, folder: Path) -> None:
    """A Python client of a description, as the package ``autopost_api`` in ``folder``."""
    made = ["--output-path", folder / "autopost_api", "--meta", "none"]
    _run([python().with_name("openapi-python-client"), "generate", "--path", description, *made])


def generate_typescript(description: Path, folder: Path) -> Path:
    """Types of a description, and the program that uses them, checked by the compiler: the script to be run."""
    for name in ("uses.mts", "tsconfig.json"):
        shutil.copy(API_SOURCES / name, folder)
    (folder / "node_modules").symlink_to(api_folder() / "node_modules")
    run_api("openapi-typescript", str(description), "--output", str(folder / "schema.d.ts"))
    run_api("tsc", "--project", str(folder))
    return folder / "uses.mjs"


def run_api(program: str, *arguments: str) -> str:
    """What one of the programs of ``api_folder`` prints."""
    return _run([api_folder() / "node_modules" / ".bin" / program, *arguments])


def run_api_script(script: Path, *arguments: str) -> str:
    """What a script prints that uses the packages of ``api_folder``."""
    packages = str(api_folder() / "node_modules")
    return _run([_node_program()[0], script, *arguments], NODE_PATH=packages)


def run_node(script: str, *arguments: str) -> str:
    """What a script of tests/clients/node prints."""
    return _run([node(), NODE_SOURCES / script, *arguments], NODE_PATH=str(NODE_FOLDER / "node_modules"))


def _run(command: list, **more: str) -> str:
    # Whatever speaks for the world outside has no say here: the clients ask this machine alone.
    kept = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run(
        command, cwd=ROOT, env=kept | more, capture_output=True, text=True, timeout=_RUN_WITHIN_S, check=False
    )
    if done.returncode:
        raise AssertionError(f"{command[1:]} ended with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    return done.stdout


def _install(command: list, what: str) -> None:
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=_INSTALL_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(f"Could not install {what}: {error}") from error
    if done.returncode:
        raise Unavailable(f"Could not install {what}:\n{(done.stderr or done.stdout)[-2000:]}")


def _sum(*files: Path) -> str:
    return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


@contextlib.contextmanager
def _missing(what: str, wanted: str) -> Iterator[bool]:
    """Must this be installed? One process at a time finds out; when the block went well it need not be again."""
    stamp = VENV / f".installed-{what}"
    lock = Path(tempfile.gettempdir()) / f"autopost-clients-{hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]}.lock"
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        missing = not (stamp.exists() and stamp.read_text() == wanted)
        yield missing
        if missing:
            stamp.write_text(wanted)
