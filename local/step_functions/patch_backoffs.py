"""Patches moto: the back-offs before a state is retried are scaled.

Tests of many retries would otherwise spend most of their time waiting. The state machine's
definition stays as it is, and so do the number of attempts and the jitter. A wait of hours would
still be long after that, so a scale under 1 also counts a wait of over a minute as a minute.
"""

import math
from collections.abc import Callable

from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategyDecl,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

LONGEST_SECONDS = 60
"""The longest wait that is scaled down."""

_add_jitter = JitterStrategyDecl._eval_body  # noqa: SLF001 - moto has no setting for it


def install(scale: float) -> None:
    """Patch moto in this process, so that every back-off is scaled."""
    setattr(JitterStrategyDecl, "_eval_body", scaled(scale))  # noqa: B010  # mypy forbids assigning a method


def scaled(scale: float) -> Callable[[JitterStrategyDecl, Environment], None]:
    """A replacement of the method that adds jitter, the last step in calculating a back-off."""
    longest = LONGEST_SECONDS if scale < 1 else math.inf

    def add_jitter(jitter: JitterStrategyDecl, env: Environment) -> None:
        """Leave the seconds to wait on the engine's stack."""
        _add_jitter(jitter, env)
        env.stack.append(min(env.stack.pop(), longest) * scale)

    return add_jitter
