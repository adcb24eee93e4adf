"""Proofs of scale: a fleet under way, tables of thousands of customers, and what single actions ask of AWS. `infra/fleet.py` runs them."""
