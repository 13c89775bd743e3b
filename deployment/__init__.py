"""The only reader of template.yaml: functions, routes, schedules, permissions, state machine.

template        the resources as data classes, with values in place of CloudFormation's expressions
cloudformation  CloudFormation's short tags and intrinsic functions
rate            EventBridge's rate expressions

The local cloud, the checks of the state machine and docs/openapi.json are made from what this
package reads. It imports nothing of ours.
"""
