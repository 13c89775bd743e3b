"""The doctor compares orders, items, reservations, stock, backups and executions.

It reports every inconsistency with docs/contract.md, "An accepted order". It only reads, and is
safe to run on a live system: orders with running executions are skipped.

examination  reads the tables, Step Functions and S3, and compares them
findings     the sentence for each kind of inconsistency

`python -m operations.doctor` is the command. What each finding means and how to fix it is in
docs/operating.md, "The doctor".
"""
