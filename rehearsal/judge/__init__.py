"""What the clouds would refuse of a whole program: values that do not go together, in one resource or across several.

A provider sees one resource at a time, and at preview none of the ids that lead from one to the next. The judge reads
what the engine prints at the end (`pulumi preview --json`, or an exported state), where each property names the
resources that its value comes from. Two judges speak:

* the rules in `rules/`, one function a refusal, with the cloud's own words and a link;
* cfn-lint, given the AWS resources as one CloudFormation template a region (`template`, `lint`).

Whoever has a preview asks a process that is warm by then (`serve`), or `python -m rehearsal judge FILE`.
"""

from __future__ import annotations
