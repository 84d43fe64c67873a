"""The WSGI entry that the web server loads: the application, warmed, behind its door."""

import os
import signal
from wsgiref.util import setup_testing_defaults

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongmai.config.settings")
_application = get_wsgi_application()

from django.conf import settings  # noqa: E402 - the settings are loaded by now

from gongmai.cli.serve import die_with_parent  # noqa: E402
from gongmai.core.admission.types import Limits  # noqa: E402
from gongmai.core.admission.views.gate import Gate  # noqa: E402
from gongmai.monitor.filing.queries.audits import audits_by_code  # noqa: E402


def _warm() -> None:
    """Load what the first request would wait seconds for: addresses, templates, texts, forms, audits."""
    environ = {"PATH_INFO": "/account/sign-in/", "HTTP_HOST": settings.ALLOWED_HOSTS[0]}
    setup_testing_defaults(environ)
    answer = _application(environ, lambda *_: lambda _piece: None)
    b"".join(answer)
    answer.close()
    audits_by_code()


if os.environ.get("GONGMAI_POOL"):  # set by `gongmai serve`
    # a process of a web server that was killed would go on holding the port
    die_with_parent(signal.SIGKILL)
    _warm()
application = Gate(_application, Limits(slots=settings.GONGMAI_SLOTS, rate=settings.GONGMAI_CLIENT_RATE))
