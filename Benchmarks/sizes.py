"""What each program takes on disk."""

import importlib.util
import pathlib
import subprocess

from clients import BOTO3, GO, OURS

# What boto3 imports, beside the interpreter, which is not counted.
PACKAGES = ("boto3", "botocore", "s3transfer", "jmespath", "urllib3", "dateutil", "six")


def sizes(clients):
    """{client: bytes}: the stripped programs, and the packages that boto3 consists of."""
    found = {OURS: stripped(clients, clients.daemon)}
    if clients.go:
        found[GO] = stripped(clients, clients.go)
    found[BOTO3] = sum(package_bytes(name) for name in PACKAGES)
    return found


def stripped(clients, program):
    """The bytes of a program without symbols, as a package ships it."""
    path = clients.folder / "stripped"
    subprocess.run(["strip", "-o", str(path), program], check=True)
    count = path.stat().st_size
    path.unlink()
    return count


def package_bytes(name):
    """The bytes of a Python package or module as installed, without compiled files."""
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"the Python package {name} is not installed")
    origin = pathlib.Path(spec.origin)
    if origin.name != "__init__.py":
        return origin.stat().st_size
    return sum(path.stat().st_size for path in origin.parent.rglob("*")
               if path.is_file() and path.suffix != ".pyc")
