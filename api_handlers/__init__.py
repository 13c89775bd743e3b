"""The routes of the REST API: one file each, one public function `handler`.

A handler takes validated parts of a request and returns the response's body, or raises a
RequestError, which becomes the HTTP error. Handlers import orders and never each other; rules
about orders belong in orders, retries and waits in orders.read_your_writes.
"""
