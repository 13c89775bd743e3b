"""A token bucket, on a clock that the tests set."""

import pytest

from local.unkind.quotas import Quota
from local.unkind.token_bucket import TokenBucket


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taken(bucket: TokenBucket, times: int) -> int:
    return [bucket.take() for _ in range(times)].count(True)


def test_a_bucket_is_full_at_first(clock: Clock) -> None:
    assert taken(TokenBucket(Quota(3, 1), clock), times=5) == 3


@pytest.mark.parametrize(("seconds", "tokens"), [(0.4, 0), (0.5, 1), (1, 2), (1.4, 2), (60, 3)])
def test_a_bucket_is_refilled_with_time_up_to_its_size(
    clock: Clock, seconds: float, tokens: int
) -> None:
    bucket = TokenBucket(Quota(3, 2), clock)
    taken(bucket, times=3)
    clock.now += seconds
    assert taken(bucket, times=5) == tokens


def test_a_request_over_quota_takes_nothing(clock: Clock) -> None:
    bucket = TokenBucket(Quota(1, 1), clock)
    taken(bucket, times=1)
    clock.now += 0.6
    assert taken(bucket, times=5) == 0
    clock.now += 0.6
    assert taken(bucket, times=1) == 1


def test_a_scaled_quota_still_allows_one_request_at_once() -> None:
    assert Quota(300, 15).scaled(0.1) == (30, 1.5)
    assert Quota(300, 15).scaled(0.001) == (1, 0.015)
