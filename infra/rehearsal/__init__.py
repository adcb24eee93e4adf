"""Rehearsals of a restore and of an upgrade. `infra/rehearse.py` runs them."""
