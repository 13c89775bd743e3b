"""The documents that cross a boundary: what the workflow, the API and the bucket read and write.

`fields` has the types of single fields and the two base models, `workflow` the order as the
state machine carries it from state to state, `api` the requests and responses, `validation` the
errors of a document in words.

Documents only describe: no SQL, no AWS, no HTTP status belongs here. They may import
orders.model.
"""
