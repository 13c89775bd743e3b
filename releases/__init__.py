"""The record of each release, and the comparison of today's tree with the last one.

record        what a release consists of, as JSON: releases/0.1.0.json
statements    the statements of sql/queries, as a record keeps them
permissions   what the roles of template.yaml may do
documents     the schemas of the workflow's documents
breaks        what code of the last release needs and today's tree lacks
declarations  breaks.toml: the breaks that are accepted, each with its reason
__main__      `scripts/release`: writes the record of today's tree

Code of the last release still runs while the next one is deployed, until its orders in flight have
ended, and again after a rollback. So its statements must work on today's tables, and today's code
must read its documents.
"""
