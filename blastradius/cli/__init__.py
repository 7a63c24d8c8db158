"""The face for people and pipelines: it translates a command line into a request and an answer into text.

Commands import the rest of the house inside their functions, so that help, completion and ``--version`` stay fast.
"""
