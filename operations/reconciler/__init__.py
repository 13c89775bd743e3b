"""The reconciler repairs open orders whose execution timed out, was aborted or is gone.

Such an execution does not run FailOrder, so its order stays open. If Step Functions does not know
the execution any more, the reconciler starts it again, with the same name and input: that is
always safe. An execution that has ended cannot be started again; the reconciler completes its
order when only UpdateStatus was missing, and compensates it otherwise.

It is idempotent, bounded, and safe to run concurrently with workflows and with itself.
template.yaml runs `handler`, in this file, every five minutes; `python -m operations.reconciler`
is the same as a command.

run           one run: looks at every open order, repairs it if need be, reports the outcome
open_orders   lists the orders to look at, so that none keeps others waiting
limits        the run's end, and the pace at which it describes executions
reads         collects what is known about one order
repairs       carries a repair out
outcomes      what a repair did, in words
lost_backups  writes lost backups again, for the command only

What an order needs is decided in operations/judgement.py.
"""

from operations.reconciler.run import Reconciled, Reconciliation, reconcile
from orders.handlers import task
from orders.logs import act_as


@task(title="Repairs orders whose execution timed out, was aborted or is gone.")
def handler(request: Reconciliation) -> Reconciled:
    """Run once; every outcome is logged when it happens.

    Raises DatabaseUnavailable when the open orders cannot be listed.
    """
    act_as("reconciler")
    return reconcile(request)
