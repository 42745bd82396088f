"""The service under faults: real processes, real kill -9, real databases and brokers."""
