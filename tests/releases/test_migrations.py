"""squawk checks the migrations in scripts/check; here, what it does not."""

import pytest

from operations.migrations import Migration, migrations

IGNORE = "-- squawk-ignore"


@pytest.mark.parametrize("file", migrations(), ids=lambda file: file.name)
def test_an_exemption_has_a_reason_before_it(file: Migration) -> None:
    lines = file.text.splitlines()
    for above, line in zip(["", *lines], lines, strict=False):
        if line.startswith(IGNORE):
            assert above.startswith("-- "), f"{file.name}: say why, in the line before {line}"
            assert not above.startswith(IGNORE)
