"""Random texts at every door that strangers' texts come in by. Run by ``make fuzz``."""
