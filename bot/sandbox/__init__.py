"""A small GitHub-shaped forge over a real git repository, for the demo and the tests.

The only double of a forge in this project. It runs git; the bot's worker never does.
"""
