"""Why template.yaml cannot be used."""


class InvalidTemplate(Exception):
    """The template cannot be read or evaluated; the message is one sentence that says why."""
