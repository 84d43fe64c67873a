"""Settings of the tests: state in a temporary folder, cheap password hashing."""

import os
import tempfile

os.environ["GONGMAI_DATA"] = os.environ.get("GONGMAI_TEST_DATA") or tempfile.mkdtemp(prefix="gongmai-test-")
# signing in by password alone, except where a test asks for more
os.environ.setdefault("GONGMAI_SECOND_FACTOR", "offered")

from gongmai.config.settings import *  # noqa: F403

# The real hasher is tested by itself; elsewhere a test that signs in should not wait for it.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "gongmai.core.access.hashers.RushArgon2Hasher",
]

# The static files of a test come from the finders; the folder has to exist all the same.
STATIC_ROOT.mkdir(exist_ok=True)  # noqa: F405
