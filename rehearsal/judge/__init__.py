"""Combinations that the clouds would refuse in a program: incompatible values in one resource or across several.

A provider sees one resource at a time, and at preview none of the ids that lead from one to the next. The judge reads
what the engine prints at the end (`pulumi preview --json`, or an exported state), where each property names the
resources that its value comes from. It has two parts:

* the rules in `rules/`, one function for each refusal, with the cloud's own message and a link;
* cfn-lint, given the AWS resources as one CloudFormation template a region (`template`, `lint`).

Ask a process that has already loaded the rules (`serve`), or run `python -m rehearsal judge FILE`.
"""

from __future__ import annotations
