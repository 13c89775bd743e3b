"""Why the local cloud cannot start or go on."""


class StackFailure(Exception):
    """One sentence for the person at the terminal; the command ends with it."""
