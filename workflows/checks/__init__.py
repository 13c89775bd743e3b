"""What must hold of any state machine of ours before it is rendered.

asl, retrying  the part of the Amazon States Language that we use, as closed models
reading        a definition read into those models, or the findings that say why it cannot be
graph          transitions: every target exists, every state is reached, every path ends
payloads       what a payload is known to hold, and whether a model accepts it
types          whether one type of value can be read as another
flow           the payload along every transition: each state's output is the next one's input
paths          JSONPaths in the definition lead to something
functions      every Task runs a deployed function, and outwaits it
failures       which errors a Retry and a Catch name
budget         the longest that an execution can take, against the machine's own timeout
deployment     the deployed functions that a machine is checked against

Each finding is a sentence that names the state and the fix. The rules of our own machine are in
workflows.rules.
"""
