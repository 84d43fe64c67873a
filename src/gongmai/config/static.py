"""How static files are served under hashed names."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]

_MODULES = "filing/sheet/*.js"


class ModuleStaticFilesStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """Hashed names that the scripts of the sheet import one another by.

    Without them a page could mix a new script with an old one out of the browser's cache after an update.
    Only the product's own modules are rewritten: in a minified library something could look like an import.
    """

    patterns = (
        *CompressedManifestStaticFilesStorage.patterns,
        (_MODULES, ((r"""(?P<matched>from "(?P<url>\./[\w-]+\.js)";)""", """from "%(url)s";"""),)),
    )
