"""Patches moto: the back-offs before a state is retried are scaled.

Tests of many retries would otherwise spend most of their time waiting. The state machine's
definition stays as it is, and so does the jitter.
"""

from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategyDecl,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment

_work_out_jitter = JitterStrategyDecl._eval_body  # noqa: SLF001 - moto has no setting for it


def install(scale: float) -> None:
    """Patch moto in this process, so that every back-off is multiplied by `scale`."""

    def work_out_scaled(jitter: JitterStrategyDecl, env: Environment) -> None:
        """Jitter comes last, and leaves the seconds to wait on the engine's stack."""
        _work_out_jitter(jitter, env)
        env.stack.append(env.stack.pop() * scale)

    setattr(JitterStrategyDecl, "_eval_body", work_out_scaled)  # noqa: B010  # mypy: no assignment
