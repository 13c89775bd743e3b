"""What an order is and may do: the domain that tasks and API handlers share."""
