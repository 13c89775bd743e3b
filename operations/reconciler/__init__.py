"""The reconciler repairs orders whose execution timed out, was aborted or is gone.

Such an execution does not run FailOrder. Its order stays `pending`, or holds stock although it
was never stored, or is in no table at all. The reconciler compensates such an order, or completes
it when only UpdateStatus was missing. It also writes lost backups again.

It is idempotent, bounded, and safe to run concurrently with workflows and with itself.
template.yaml runs `handler`, in this file, every five minutes; `python -m operations.reconciler`
is the same as a command.

run      one run: finds the orders, repairs each, reports the outcomes
reads    collects what is known about one order
repairs  carries a repair out, under the lock of the order's reservation

What an order needs is decided in operations/judgement.py.
"""

from operations.reconciler.run import Reconciled, Reconciliation, run
from orders.handlers import task


@task(title="Repairs orders whose execution timed out, was aborted or is gone.")
def handler(request: Reconciliation) -> Reconciled:
    """Run once; every outcome is logged when it happens.

    Raises DatabaseUnavailable, WorkflowUnavailable and BackupUnavailable when the orders that
    need a repair cannot be found.
    """
    return Reconciled(outcomes=tuple(run(request)))
