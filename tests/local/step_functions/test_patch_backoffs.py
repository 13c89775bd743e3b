"""The waits between attempts are as long as the option says."""

from types import SimpleNamespace
from typing import Any

import pytest
from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import (
    JitterStrategy,
    JitterStrategyDecl,
)

from local.step_functions import patch_backoffs


@pytest.mark.parametrize("scale", [0, 0.1, 1])
def test_a_backoff_is_multiplied(scale: float) -> None:
    engine: Any = SimpleNamespace(stack=[4])

    patch_backoffs.scaled(scale)(JitterStrategyDecl(JitterStrategy.NONE), engine)

    assert engine.stack == [4 * scale]


@pytest.mark.parametrize(("scale", "seconds"), [(0.01, 0.6), (1, 900), (2, 1800)])
def test_only_a_scale_that_shortens_counts_a_quarter_of_an_hour_as_a_minute(
    scale: float, seconds: float
) -> None:
    engine: Any = SimpleNamespace(stack=[900])

    patch_backoffs.scaled(scale)(JitterStrategyDecl(JitterStrategy.NONE), engine)

    assert engine.stack == [seconds]


def test_the_jitter_stays() -> None:
    seconds = [with_full_jitter(4) for _ in range(100)]

    assert len(set(seconds)) > 90
    assert all(0 <= each <= 2 for each in seconds)


def with_full_jitter(backoff: float) -> float:
    engine: Any = SimpleNamespace(stack=[backoff])
    patch_backoffs.scaled(0.5)(JitterStrategyDecl(JitterStrategy.FULL), engine)
    return float(engine.stack[0])
