"""Which errors are retried how: the policies of the states, and every error with its meaning."""

from collections.abc import Iterator

from orders.errors import Unavailable
from workflows.checks.asl import Machine
from workflows.checks.graph import forward_path, tasks
from workflows.checks.retrying import ALL, Retrier
from workflows.page.markdown import table
from workflows.rules.saga import ORDER_PROCESSING
from workflows.task_errors import OF_AWS, Retried, leaf_names, retried

TITLES = {
    Retried.PATIENTLY: "Transient errors",
    Retried.SHORTLY: "Lost invocations",
    Retried.NEVER: "Permanent errors",
}
OURS = {
    Retried.PATIENTLY: ", ".join(f"`{name}`" for name in sorted(leaf_names(Unavailable))),
    Retried.NEVER: "every other error of `orders/errors.py`, and bugs",
}
HEAD = ("Errors", "State", "Retries", "Waits", "Waits together, on average", "At most")


def policies_table(machine: Machine) -> str:
    """A row for each class of errors, in forward states and in the compensation."""
    return table(HEAD, _policies(machine))


def errors_tables() -> str:
    """The errors of each class: ours by name, those of AWS with what they mean."""
    return "\n".join(_errors(how) for how in Retried)


def _policies(machine: Machine) -> Iterator[tuple[str, ...]]:
    compensation = ORDER_PROCESSING.compensation
    for how in Retried:
        for name, label in (
            (forward_path(machine)[0], "forward states"),
            (compensation, compensation),
        ):
            retrier = _retrier_for(retried(how)[0], tasks(machine)[name].retry)
            yield TITLES[how], label, *_describe(retrier)


def _retrier_for(error: str, retry: tuple[Retrier, ...]) -> Retrier | None:
    return next((each for each in retry if {error, ALL} & set(each.error_equals)), None)


def _describe(retrier: Retrier | None) -> tuple[str, ...]:
    if retrier is None:
        return "none", "", "", ""
    delays = retrier.delays()
    waits = ", ".join(f"{delay:g}" for delay in delays[:3]) + f" ... {delays[-1]:g} s"
    if len(delays) <= 3:  # noqa: PLR2004  # all of them are there
        waits = ", ".join(f"{delay:g}" for delay in delays) + " s"
    average, longest = f"{retrier.average_wait():g} s", f"{sum(delays):g} s"
    return str(retrier.max_attempts), waits, average, longest


def _errors(how: Retried) -> str:
    rows = ((f"`{name}`", meaning) for name, meaning in OF_AWS[how].items())
    listed = f"Our own: {OURS[how]}.\n\n" if how in OURS else ""
    return f"### {TITLES[how]}\n\n{listed}{table(('Error of AWS', 'What it means'), rows)}"
