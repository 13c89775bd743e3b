"""asl/order_processing.md: the state machine for people, and the README's diagram.

document   the page itself, put together from the parts below
diagram    the machine in Mermaid
states     the table of states
budget     the longest that an execution can take, as a table
retries    which errors are retried how
cost       what Step Functions charges for an order
markdown   tables in Markdown

May import workflows.checks and workflows.rules. What must hold of the machine belongs there.
"""
