"""What must hold of any state machine of ours before it is rendered.

asl, retrying  the part of the Amazon States Language that we use, as closed models
refused        why other types of states and fields are refused
reading        reads a definition into those models, or reports why it does not fit them
graph          transitions: every target exists, every state is reached, no path is a cycle
payloads       what a payload is known to hold, and whether a model accepts it
types          whether a value of one type can be read as another
flow           the payload along every transition: each state's output is the next one's input
json_paths     a Fail state's JSONPaths lead to strings
functions      every Task runs a deployed function, and has a longer timeout than it
versions       every Task calls a published version, and the role may invoke older ones, too
known_errors   every error that Retry and Catch name can be raised
budget         the longest that an execution can take, against the machine's own timeout
deployment     the deployed functions that a machine is checked against

Each finding is a sentence that names the state and the fix. May import deployment and orders.
What is true of our own saga only belongs in workflows.rules.
"""
