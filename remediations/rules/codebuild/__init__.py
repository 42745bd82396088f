"""Rules about builds."""
