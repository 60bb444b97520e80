"""`python -m tests.policies.conditions [MODULE …]`: changes each condition of the rules in turn and asks who notices.

A part of an `and` or `or` is left out, the two are exchanged, a comparison is turned or moved by one, a `not`, a filter
or a guard is dropped. A changed condition that no row of data notices is printed: it decides nothing (remove it), or no
example holds it (add a row to `conditions/`), or it is in `UNNOTICED`, with its reason.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

from policies.rule import Rule
from policies.rules import MODULES
from tests.policies.questions import Question, questions

RULES = Path(inspect.getfile(importlib.import_module("policies.rules"))).parent
TURNED = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}
EXCHANGED = {"any": "all", "all": "any", "min": "max", "max": "min"}
TYPE = "gives what follows a text where there is none: the type checker asks for it"
UNNOTICED: dict[str, str] = {}
"""Changes that nothing notices, and why nothing has to."""


@dataclass(frozen=True)
class Mutant:
    """A function of the rules with one condition changed, and the lines of that condition."""

    module: str
    function: Any
    change: str
    code: CodeType
    lines: range

    def __str__(self) -> str:
        return f"{self.function.__name__}: {self.change}"


def after(dropped: ast.expr, kept: ast.expr) -> ast.expr:
    """`kept`, once `dropped` has bound its names, if it binds any."""
    if not any(isinstance(each, ast.NamedExpr) for each in ast.walk(dropped)):
        return kept
    return ast.Subscript(ast.Tuple([dropped, kept], ast.Load()), ast.Constant(1), ast.Load())


def changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node becomes with one condition in it changed, by what was done."""
    match node:
        case ast.BoolOp(op, values):
            for each in values:
                rest = [value for value in values if value is not each]
                yield f"without {ast.unparse(each)}", after(each, ast.BoolOp(op, rest) if rest[1:] else rest[0])
            yield (
                f"the other of and, or: {ast.unparse(node)}",
                ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values),
            )
        case ast.Compare(left, ops, others):
            for at, op in enumerate(ops):
                for other in TURNED[type(op)]:
                    made = ast.Compare(left, [*ops[:at], other(), *ops[at + 1 :]], others)
                    yield f"{ast.unparse(made)} for {ast.unparse(node)}", made
        case ast.UnaryOp(ast.Not(), operand):
            yield f"without not: {ast.unparse(node)}", operand
        case ast.If(test, body, orelse):
            holds = not isinstance(body[-1], ast.Return | ast.Continue)
            always = ast.If(after(test, ast.Constant(holds)), body, orelse)
            yield f"{'always' if holds else 'never'} {ast.unparse(test)}", always
        case ast.IfExp(test, body, orelse):
            yield f"always {ast.unparse(test)}", after(test, body)
            yield f"never {ast.unparse(test)}", after(test, orelse)
        case ast.comprehension(target, source, ifs, is_async):
            for each in ifs:
                kept = [after(each, ast.Constant(True)) if one is each else one for one in ifs]
                yield f"without if {ast.unparse(each)}", ast.comprehension(target, source, kept, is_async)
        case ast.Call(ast.Name(name), arguments, keywords) if name in EXCHANGED:
            made = ast.Call(ast.Name(EXCHANGED[name], ast.Load()), arguments, keywords)
            yield f"{EXCHANGED[name]} for {ast.unparse(node)}", made
        case _:
            pass


class Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def functions(module: str) -> Iterator[tuple[Any, ast.FunctionDef]]:
    """The functions of a module of rules, rules and others, with their source without decorators."""
    loaded = importlib.import_module(f"policies.rules.{module}")
    for node in ast.parse((RULES / f"{module}.py").read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = []
            found = getattr(loaded, node.name)
            yield inspect.unwrap(found.check if isinstance(found, Rule) else found), node


def mutants(module: str) -> Iterator[Mutant]:
    for function, source in functions(module):
        for at, node in enumerate(ast.walk(source)):
            for index, (change, _) in enumerate(changed(node)):
                tree = deepcopy(source)
                old = list(ast.walk(tree))[at]
                Put(old, list(changed(old))[index][1]).visit(tree)
                code = compile(ast.fix_missing_locations(ast.Module([tree], [])), function.__code__.co_filename, "exec")
                inner = next(each for each in code.co_consts if isinstance(each, CodeType))
                yield Mutant(module, function, change, inner, lines_of(node))


def lines_of(node: ast.AST) -> range:
    """The lines that run when the condition is asked."""
    parts = ast.walk(node.test if isinstance(node, ast.If) else node)
    lines = [line for each in parts if isinstance(each, ast.expr) for line in (each.lineno, each.end_lineno or 0)]
    return range(min(lines), max(lines) + 1)


def trace(question: Question) -> set[tuple[str, int]]:
    """The lines of rules that run for a question. Raises AssertionError: the rules as they are answer it otherwise."""
    seen = set[tuple[str, int]]()

    def line(frame: FrameType, _event: str, _argument: Any) -> Any:
        seen.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line(frame, event, argument) if frame.f_code.co_filename.startswith(str(RULES)) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        assert question.holds(), question
    finally:
        sys.settrace(before)
    return seen


def unnoticed(modules: list[str]) -> tuple[int, list[Mutant]]:
    """How many changes there are, and those that no question notices."""
    near = defaultdict[tuple[str, int], list[Question]](list)
    for question in questions():
        for place in trace(question):
            near[place].append(question)
    tried, lost = 0, list[Mutant]()
    for mutant in (each for module in modules for each in mutants(module)):
        tried += 1
        original = mutant.function.__code__
        asked = {id(each): each for line in mutant.lines for each in near[original.co_filename, line]}
        mutant.function.__code__ = mutant.code
        try:
            if all(question.holds() for question in asked.values()):
                lost.append(mutant)
        finally:
            mutant.function.__code__ = original
    return tried, lost


def main() -> None:
    tried, lost = unnoticed(sys.argv[1:] or list(MODULES))
    for mutant in lost:
        print(f"policies/rules/{mutant.module}.py:{mutant.lines.start}: {mutant}: {UNNOTICED.get(str(mutant), 'why?')}")
    print(f"{tried - len(lost)} of {tried} changed conditions are noticed")


if __name__ == "__main__":
    main()
