"""HiGHS without its banner: what a command prints must be its own."""

import highspy


class QuietHighs(highspy.Highs):
    """A solver of one thread that says nothing."""

    def enableCallbacks(self) -> None:  # noqa: N802 - the library's name; its banner comes with this call
        """Turn the output off before there is any."""
        self.setOptionValue("output_flag", False)
        self.setOptionValue("threads", 1)
        super().enableCallbacks()  # type: ignore[no-untyped-call]
