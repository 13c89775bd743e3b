"""What must hold of our own state machine, a saga, before it is rendered.

proof          all checks and rules, in order: the findings of a definition
saga           what the rules know of the saga: its input, output, compensation and stores
retries        which errors a forward state must retry, and which it must not
compensation   no failure skips the compensation, and nothing after it hides the failure
bases          each forward state takes what the state before returns, and returns more
kept_fields    every field of the accepted order reaches the end
defaults       every optional field is filled on some path
raised_errors  the errors that a handler declares are those that its code can raise
results        each handler returns the model that it declares
outages        errors are named after their place in the tree of orders/errors.py
labels         every state says what is true of the order once it has run
source         reads the source of our functions: what they name and may call
template       the rules of template.yaml, in order
permissions    every role grants exactly what its function calls
connections    every function can run, and is led to what belongs to its stack

May import workflows.checks. What must hold of any machine belongs there.
"""
