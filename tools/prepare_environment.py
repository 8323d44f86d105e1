"""Make `.venv` at the top of the checkout and install the pinned requirements into it:
`python3 tools/prepare_environment.py requirements.txt …`.

Runs on whatever Python the machine has, so that one that is too old gets a sentence instead of a
traceback: nothing here may need more than Python 3.6 to be read.
"""

import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
FOLDER = os.path.join(ROOT, ".venv")
PYTHON = os.path.join(FOLDER, "bin", "python")
MINIMUM = (3, 11)


def check_python() -> None:
    """Stop with what to do where this Python cannot carry the platform."""
    if sys.version_info < MINIMUM:
        needed, present = (
            ".".join(map(str, version[:2])) for version in (MINIMUM, sys.version_info)
        )
        sys.exit(
            f"Bridge needs Python {needed} or newer; {sys.executable} is {present}.\n"
            "Install a newer one and name it: make run PYTHON=python3.12"
        )
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        sys.exit(
            "This Python cannot make virtual environments. On Debian and Ubuntu:\n"
            "    apt-get install python3-venv"
        )


def make_environment() -> None:
    """Create the environment, or create it anew where its Python no longer starts or is too old."""
    if os.path.exists(PYTHON):
        probe = f"import sys, pip; sys.exit(sys.version_info < {MINIMUM})"
        if subprocess.call([PYTHON, "-c", probe], stderr=subprocess.DEVNULL) == 0:  # noqa: S603
            return
    import venv

    print("Making the virtual environment .venv", flush=True)
    venv.create(FOLDER, clear=True, with_pip=True)


def install(*arguments: str) -> None:
    command = [PYTHON, "-m", "pip", "--disable-pip-version-check", "install"]
    status = subprocess.call(command + list(arguments), cwd=ROOT)  # noqa: S603
    if status:
        sys.exit("pip could not install the packages: see its last lines above.")


def main(files: "list[str]") -> None:
    check_python()
    make_environment()
    print("Installing the packages of " + ", ".join(files), flush=True)
    # What arrives must have a hash that tools/lock.py recorded.
    install("--require-hashes", *[part for name in files for part in ("-r", name)])
    # setuptools is pinned in requirements-build.txt: without isolation pip fetches no other.
    install("--quiet", "--no-deps", "--no-build-isolation", "-e", ".")


if __name__ == "__main__":
    main(sys.argv[1:])
