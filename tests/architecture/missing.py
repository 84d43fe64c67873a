"""Prints the lines that authorisation.yaml lacks: ``python -m tests.architecture.missing``."""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.architecture.test_authorisation import missing_lines  # noqa: E402 - needs the settings

for line in missing_lines():
    sys.stdout.write(f"{line}\n")
