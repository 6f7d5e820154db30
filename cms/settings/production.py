"""Production: HTTPS only, manifest static files, every secret from the environment."""

import os

from cms.settings.base import *  # noqa: F403

SECRET_KEY = os.environ["SECRET_KEY"]
SECRET_KEYS = os.environ["SECRET_KEYS"]
BLIND_KEY = os.environ["BLIND_KEY"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = os.environ.get("SECURE_SSL_REDIRECT", "1") == "1"
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
