"""The service: webhooks in, proved reviews out. Imports ``remediations``, never the reverse."""
