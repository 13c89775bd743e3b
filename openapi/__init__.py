"""Makes docs/openapi.json from the handlers' `spec`, their models and errors, and template.yaml.

`python -m openapi` writes the file; scripts/render calls it. The words of the document are
declared where the code is (`@route`, field descriptions, error classes) or in examples.json.
"""
