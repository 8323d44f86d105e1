"""Faults: what was acknowledged is there afterwards, nothing is done twice, nobody helps by hand.

In `make test` each runs a few times; with PROVE=1 (`make prove`) as often as the figures to reach
say. Everything happens on the loopback interface and ends by itself.
"""
