"""Makes docs/openapi.json from the handlers' `spec`, their models and errors, and template.yaml.

document    makes docs/openapi.json, the whole document
operation   one route of the template with what its handler declares
paths       OpenAPI's paths: parameters, request bodies, responses, links
responses   a route's own responses, by status
shared      responses that routes have in common, most of them API Gateway's
schemas     JSON Schemas of the models
examples    example bodies and values, from examples.json

`python -m openapi` writes the file; scripts/render calls it. Texts of the document are declared
where the code is (`@route`, field descriptions, error classes). This package imports deployment
and orders; it loads api_handlers by the names in the template. What a route does belongs in
api_handlers.
"""
