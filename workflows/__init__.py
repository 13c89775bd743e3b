"""The state machine, authored in Python and rendered to ASL once it is proved.

order_processing  the machine itself, from start to end
states            the builder of its states: retry policies, timeouts, names
task_errors       every error that a Task can end in, and how it is retried
render            prove the machine, then write the ASL, its page and diagram
checks/           what must hold of any machine of ours
rules/            what must hold of this one: a saga with a compensation
page/             asl/order_processing.md, for people
__main__          `scripts/render`, which says where the code is wrong when it cannot run

May import deployment, tasks and orders. Nothing that runs imports this package: the authoring SDK
is only in the development environment.
"""

import logging

# The SDK imports sagemaker, which logs where it looks for settings of its own.
logging.getLogger("sagemaker.config").setLevel(logging.WARNING)
