"""The routes of the REST API: one file each, one public function `handler`.

create_order      POST /orders: makes the order id, from the Idempotency-Key if there is one, and
                  starts the execution
list_orders       GET /orders
get_order         GET /orders/{order_id}
update_order      PUT /orders/{order_id}: moves an order to another status, and its stock with it
delete_order      DELETE /orders/{order_id}
get_status        GET /status/{identifier}
answer_preflight  OPTIONS of every path, for browsers; only if origins are allowed

A handler takes validated parts of a request and returns the response's body, or raises a
RequestError, which becomes the HTTP error. Handlers import orders and never each other; rules
about orders belong in orders, retries and waits in orders.read_your_writes.
"""
