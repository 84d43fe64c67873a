"""The WSGI entry that the web server loads: the application behind its door."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the settings are loaded by now

from gongmai.core.admission.types import Limits  # noqa: E402
from gongmai.core.admission.views.gate import Gate  # noqa: E402

application = Gate(_application, Limits(**settings.GONGMAI_DOOR))
