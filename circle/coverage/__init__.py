"""
What homes reach and what they lack, measured along the streets.

`circle.coverage.reach` holds the searches, the modules above it the judgement.
"""
