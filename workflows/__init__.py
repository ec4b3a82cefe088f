"""When: durable loops that wait for an action or a deadline, then ask the hands."""
