"""What an error class is called in ASL, which matches names exactly and knows no subclasses."""


def leaf_names(error: type[Exception]) -> list[str]:
    """The names of the class's leaf subclasses, or its own name when it has no subclasses."""
    children = error.__subclasses__()
    return [n for child in children for n in leaf_names(child)] if children else [error.__name__]
