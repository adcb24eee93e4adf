"""A fleet in trouble: what goes wrong, who works meanwhile, and what must be true afterwards. `infra/chaos.py` runs it."""
