"""A newcomer's machine: everything in `var/`, secrets made once and kept there."""

import os
import secrets

from cms.settings.base import *  # noqa: F403
from cms.settings.base import VAR_DIR

VAR_DIR.mkdir(exist_ok=True)
_secret = VAR_DIR / "secret_key"
if not os.environ.get("SECRET_KEY"):
    if not _secret.exists():
        _secret.write_text(secrets.token_urlsafe(48))
        _secret.chmod(0o600)
    SECRET_KEY = _secret.read_text()

DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver", *os.environ.get("ALLOWED_HOSTS", "").split(",")]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
