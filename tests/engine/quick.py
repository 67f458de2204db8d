"""Checkouts on whose stacks the engine plans without starting a Python."""

import subprocess

from engine.cli.command import main
from tests.inside import ran
from tests.live.checkout import Checkout


class QuickCheckout(Checkout):
    """For tests that use `quick`: the command line runs in the test's process, and phases start from it."""

    def run(self, *arguments: str, timeout: int = 600) -> "subprocess.CompletedProcess[str]":
        return ran(main, "--non-interactive", *arguments, environment=self.environment, folder=self.path)
