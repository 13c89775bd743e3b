"""Patches moto: a definition is parsed once, not for every execution.

Parsing takes 40 ms of CPU for five tasks, most of what an execution costs. Executions can share a
parsed program, because each keeps its own state on a heap of its own.
"""

from functools import lru_cache

from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

PROGRAMS = 32


def install() -> None:
    """Patch moto in this process."""
    for cls, name, replacement in (
        (ExecutionWorker, "_get_evaluation_entrypoint", _program_of),
        # moto makes this key when it is first read: a race condition if a program is shared.
        (EvalComponent, "heap_key", property(_heap_key)),
    ):
        setattr(cls, name, replacement)


def _program_of(worker: ExecutionWorker) -> EvalComponent:
    return _parsed(worker._evaluation_details.state_machine_details.definition)  # noqa: SLF001


@lru_cache(PROGRAMS)
def _parsed(definition: str) -> EvalComponent:
    return AmazonStateLanguageParser.parse(definition)[0]


def _heap_key(component: EvalComponent) -> str:
    """A key that no other component has."""
    return str(id(component))
