"""The WSGI entry point."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cms.settings.production")
application = get_wsgi_application()

from registry.secrets.checks import verify_at_start  # noqa: E402  # needs the apps

# A web server runs no system checks of its own; a lost key must stop it here and not at somebody's first click.
verify_at_start()
