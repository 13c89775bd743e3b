"""docs/openapi.json: the API as its handlers, models, errors and template.yaml tell it."""
