"""The documents that cross a boundary: what the workflow, the API and the bucket read and write.

fields      the types of single fields, and the two base models
workflow    the order as the state machine carries it from state to state
api         the API's requests and responses
validation  pydantic's errors about a document, as a path and a message

Documents only describe: no SQL, no AWS, no HTTP status belongs here. They may import
orders.model.
"""
