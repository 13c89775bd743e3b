"""Makes docs/openapi.json from the handlers' `spec`, their models and errors, and template.yaml.

document    the whole document
operation   one route of the template with what its handler declares
paths       OpenAPI's paths: parameters, request bodies, responses, links
responses   a route's own responses, by status
shared      responses that routes have in common, most of them API Gateway's
schemas     JSON Schemas of the models
examples    example bodies and values, from examples.json

`python -m openapi` writes the file; scripts/render calls it. Texts of the document are declared
where the code is (`@route`, field descriptions, error classes). May import deployment, orders and,
by the handlers' names in the template, api_handlers. What a route does belongs there.
"""
