"""The suite: quick hashes, tasks run on demand, files in a folder of their own."""

import base64
import os
from hashlib import sha256
from pathlib import Path

from cms.settings.base import *  # noqa: F403
from cms.settings.base import BASE_DIR, DATABASES, VAR_DIR

SECRET_KEY = "tests-only"  # noqa: S105
# The same in every run, so that scratch databases of benchmarks stay readable.
SECRET_KEYS, BLIND_KEY = (
    f"{name}:{base64.b64encode(sha256(f'tests only {name}'.encode()).digest()).decode()}" for name in ("test", "blind")
)
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
MEDIA_ROOT = VAR_DIR / "test" / "uploads"
PRIVATE_ROOT = VAR_DIR / "test" / "private"
STATIC_ROOT = VAR_DIR / "test" / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
STAFF_SECOND_FACTOR = False
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend", "QUEUES": ["default", "intake"]}}
AXES_ENABLED = False
SEARCH_INDEX_PREFIX = os.environ.get("SEARCH_INDEX_PREFIX", "test")
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: the browser tests' server thread needs the same database.
    Path(VAR_DIR / "test").mkdir(parents=True, exist_ok=True)
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / "var" / "test" / "db.sqlite3")}
