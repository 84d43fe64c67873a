"""Settings of the installations that the fault tests start: the product's, with one more handler."""

from gongmai.config.settings import *  # noqa: F403

GONGMAI_FLOW = "tests.faults.flow.FLOW"
