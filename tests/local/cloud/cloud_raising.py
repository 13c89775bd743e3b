"""A module that cannot be configured."""

message = "DB_HOST is not set"
raise ValueError(message)
