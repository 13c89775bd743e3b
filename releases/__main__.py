"""Write the record of today's tree: `scripts/release`."""

import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from local.postgres.embedded import connect_as_owner, embedded
from releases.record import ROOT, is_released, path_of, present, present_version


def main() -> None:
    """Write the record under the version of pyproject.toml, unless that version is released."""
    version = present_version()
    if is_released(version):
        sys.exit(
            f"{path_of(version).relative_to(ROOT)} is the record of a release, which has a heading "
            "in CHANGELOG.md, and never changes: give pyproject.toml and template.yaml the next "
            "version"
        )
    with (
        TemporaryDirectory(prefix="orders-") as folder,
        embedded(Path(folder)) as environment,
        closing(connect_as_owner(environment)) as conn,
    ):
        record = present(conn)
    record.path.write_text(record.text, encoding="utf-8")
    sys.stdout.write(f"wrote {record.path.relative_to(ROOT)}\n")


if __name__ == "__main__":
    main()
