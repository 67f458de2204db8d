"""What a pack says about its rules. The CLI's events name the rules that were asked and say nothing else of them."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

from engine.errors import EngineError
from engine.events import PolicyPack


def described(packs: Sequence[Path], configs: Sequence[str] | None, stack: str) -> list[PolicyPack]:
    """The packs' own descriptions; nothing of a pack that does not start, which the preview has told already."""
    from pulumi.runtime.proto import analyzer_pb2  # noqa: PLC0415 - slow to import

    from engine import policy, policy_config  # noqa: PLC0415

    environment = policy.environment_of("", stack, "organization", True, {})
    configure = analyzer_pb2.AnalyzerStackConfigureRequest(stack=stack, dry_run=True)
    given = [policy_config.load(Path(file)) for file in configs or ()]
    found: list[PolicyPack] = []
    with contextlib.suppress(EngineError), policy.running(packs, given, environment, configure) as ready:
        found += ready().described()
    return found
