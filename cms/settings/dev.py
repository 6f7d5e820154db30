"""A newcomer's machine: everything in `var/`, secrets made once and kept there."""

import base64
import os
import secrets
from collections.abc import Callable
from contextlib import suppress

from cms.settings.base import *  # noqa: F403
from cms.settings.base import VAR_DIR

VAR_DIR.mkdir(exist_ok=True)


def kept(name: str, make: Callable[[], str]) -> str:
    """Return a secret from the environment, else from its file in `var/` (mode 0600), made on the first start."""
    path = VAR_DIR / name.lower()
    if not os.environ.get(name) and not path.exists():
        # Made whole under another name first: two processes that start together agree on one secret, and nobody reads half of it.
        made = path.with_name(f".{path.name}.{os.getpid()}")
        with os.fdopen(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(make())
        with suppress(FileExistsError):
            path.hardlink_to(made)
        made.unlink()
    return os.environ.get(name) or path.read_text().strip()


SECRET_KEY = kept("SECRET_KEY", lambda: secrets.token_urlsafe(48))
SECRET_KEYS = kept("SECRET_KEYS", lambda: f"dev:{base64.b64encode(secrets.token_bytes(32)).decode()}")
BLIND_KEY = kept("BLIND_KEY", lambda: f"dev:{base64.b64encode(secrets.token_bytes(32)).decode()}")

DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *os.environ.get("ALLOWED_HOSTS", "").split(",")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
STAFF_SECOND_FACTOR = os.environ.get("STAFF_SECOND_FACTOR", "") == "1"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = VAR_DIR / "mail"
WHITENOISE_AUTOREFRESH = DEBUG
