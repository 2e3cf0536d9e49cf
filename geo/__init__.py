"""Dateline: piles of news reports into an honest map of what is said to have happened, where, when, and who says so."""

__version__ = "0.1.0"
