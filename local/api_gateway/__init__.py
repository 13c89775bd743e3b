"""The local replacement of API Gateway: a REST API in front of the functions.

health_route     `GET /health`, which is no part of API Gateway
gateway          the ASGI application: route, API key, size of the body, function, response, 29 s
host_check       rejects pages whose host name leads to this machine with 421
api_key          rejects a wrong or missing key with 403
routing          finds the route of a request; answers 403, as AWS does, when there is none
proxy_event      the event that a function gets for a request
proxy_response   the HTTP response that is made from a function's result
bodies           which bodies are binary, and travel to and from a function as base64
error_responses  the error responses of the gateway itself: 403, 413, 421, 429, 502, 504

Errors of an order or of a request's content are not made here: they come from the functions
(orders/errors.py). This package imports deployment and local.lambda_functions.
"""
