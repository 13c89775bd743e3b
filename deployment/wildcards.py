"""IAM's wildcards in actions, resources and conditions: `*` for any characters, `?` for one."""

import re
from functools import lru_cache


def matches(pattern: str, text: str) -> bool:
    """Whether the whole text is as the pattern says, with upper and lower case distinguished."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)
