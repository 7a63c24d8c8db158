"""Facts as integer columns: a company's whole access graph in a few arrays.

The only room beside `access` and `assess` that knows numpy. Loading it costs as much as numpy does, so it is
imported where it is needed.
"""
