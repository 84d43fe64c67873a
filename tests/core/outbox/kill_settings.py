"""Settings of the workers that test_kill starts."""

from gongmai.config.settings import *  # noqa: F403

GONGMAI_FLOW = "tests.core.outbox.kill_flow.FLOW"
