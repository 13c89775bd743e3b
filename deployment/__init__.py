"""The only reader of template.yaml: functions, routes, schedules, permissions, state machine.

template        the whole template, with values in place of CloudFormation's expressions
state_machine   the state machine's definition, its substitutions and its role
roles           the roles of the functions and of the state machine
policies        the statements of a role's policies, and what they allow
iam_actions     the IAM actions that are granted, and the resources that they are performed on
conditions      the conditions of statements
wildcards       IAM's wildcards
schedules       EventBridge's schedules and their rate expressions
shape           the parts of the template that are read, as models
cloudformation  CloudFormation's short tags and intrinsic functions
errors          InvalidTemplate

The local cloud, the checks of the state machine and docs/openapi.json are made from what this
package reads. It only reads: checks of the state machine belong in workflows, and running the
functions belongs in local. It imports no other package of this project.
"""
