"""From run records to what people and tools read: a comment, a page, annotations, SARIF, JUnit, a terminal table.

`model.build` decides everything that may be said; the formats only say it. All of it is pure: no clock, no
environment, no files. What a format cannot know (commit, links) comes in `Context`.
"""
