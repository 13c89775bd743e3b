"""The state machine, authored in Python and rendered to ASL."""

import logging

# The SDK imports sagemaker, which tells where it looks for settings of its own.
logging.getLogger("sagemaker.config").setLevel(logging.WARNING)
