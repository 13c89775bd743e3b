"""Makes moto's engine parse a definition once, not at every start of an execution.

Parsing takes 40 ms of CPU for five tasks, most of what an execution costs. A parsed program
keeps what an execution does on that execution's own heap, so that executions can share it.
"""

from functools import lru_cache

from moto.stepfunctions.parser.asl.component.eval_component import EvalComponent
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

PROGRAMS = 32


def install() -> None:
    """Put it in the place of moto's own, for this process."""
    for cls, name, instead in (
        (ExecutionWorker, "_get_evaluation_entrypoint", _program_of),
        # moto makes this key when first asked, which executions that share would race for.
        (EvalComponent, "heap_key", property(_heap_key)),
    ):
        setattr(cls, name, instead)


def _program_of(worker: ExecutionWorker) -> EvalComponent:
    return _parsed(worker._evaluation_details.state_machine_details.definition)  # noqa: SLF001


@lru_cache(PROGRAMS)
def _parsed(definition: str) -> EvalComponent:
    return AmazonStateLanguageParser.parse(definition)[0]


def _heap_key(component: EvalComponent) -> str:
    """Its own for as long as the component lives, and so for every heap that it is on."""
    return str(id(component))
