"""The functions of the rules, and of what they ask, with one condition changed: each once for each of its conditions.

A part of an `and` or `or` is left out, the two are exchanged, a comparison is turned or moved by one, a `not`, a filter
or a guard is dropped, `any` is taken for `all`, `min` for `max`. Expressions that bind names are still evaluated.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from types import CodeType
from typing import Any

import policies
from policies.rule import Rule
from policies.rules import MODULES as RULES

FOLDER = Path(inspect.getfile(policies)).parent
# what rules ask besides themselves: what serves, what kind of endpoint it is, whose name or image it has
BESIDE = (
    *("azure_traffic", "callers", "durations", "images", "names", "replacement"),
    *("sagemaker_modes", "serving"),
)
MODULES = (*(f"rules.{name}" for name in RULES), *BESIDE)
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


@dataclass(frozen=True)
class Mutant:
    """A function with one condition changed, and the lines of that condition."""

    module: str
    function: Any
    change: str
    code: CodeType
    lines: range

    def __str__(self) -> str:
        return f"{self.function.__name__}: {self.change}"


def after(dropped: ast.expr, kept: ast.expr) -> ast.expr:
    """`kept`, once `dropped` has bound its names, if it binds any."""
    if not any(isinstance(node, ast.NamedExpr) for node in ast.walk(dropped)):
        return kept
    return ast.Subscript(ast.Tuple([dropped, kept], ast.Load()), ast.Constant(1), ast.Load())


def changed(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What a node becomes with one condition in it changed, by what was done."""
    match node:
        case ast.BoolOp(op, values):
            for item in values:
                rest = [value for value in values if value is not item]
                yield f"without {ast.unparse(item)}", after(item, ast.BoolOp(op, rest) if rest[1:] else rest[0])
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
    """The functions of a module, rules and others, with their source without decorators."""
    loaded = importlib.import_module(f"policies.{module}")
    for node in ast.parse(FOLDER.joinpath(*module.split(".")).with_suffix(".py").read_text(encoding="utf-8")).body:
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
                inner = next(constant for constant in code.co_consts if isinstance(constant, CodeType))
                yield Mutant(module, function, change, inner, lines_of(node))


def lines_of(node: ast.AST) -> range:
    """The lines that run when the condition is asked."""
    parts = ast.walk(node.test if isinstance(node, ast.If) else node)
    lines = [line for part in parts if isinstance(part, ast.expr) for line in (part.lineno, part.end_lineno or 0)]
    return range(min(lines), max(lines) + 1)
