"""Why the local cloud cannot start, or cannot continue."""


class StackFailure(Exception):
    """The command prints this one sentence to the person at the terminal, and ends."""
