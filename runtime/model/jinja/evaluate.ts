/** What expressions give. */

import {attributeOf, sliceOf, subscriptOf} from './builtins/attributes.js';
import {filterOf} from './builtins/filters.js';
import {isTest} from './builtins/tests.js';
import {TemplateError, UnsupportedTemplate} from './errors.js';
import type {Scope} from './scope.js';
import {OTHER_FUNCTIONS} from './syntax/known.js';
import type {Arguments, CompareOperator, Expression} from './syntax/syntax.js';
import {negated, operate, positive} from './values/arithmetic.js';
import {areEqual, compare, contains} from './values/comparison.js';
import {str} from './values/show.js';
import {
  Callable,
  Dict,
  isTrue,
  iterate,
  type Named,
  requireDefined,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values/values.js';

export interface Evaluation {
  /** Counts what is done, and throws where it is more than any template does. */
  readonly spend: () => void;
}

/** @throws TemplateError where Jinja fails; UnsupportedTemplate for what is not rendered here. */
export function evaluate(expression: Expression, scope: Scope, run: Evaluation): Value {
  run.spend();
  const of = (inner: Expression): Value => evaluate(inner, scope, run);
  switch (expression.kind) {
    case 'constant':
      return expression.value;
    case 'name':
      return named(expression.name, scope);
    case 'list':
      return expression.items.map(of);
    case 'tuple':
      return new Tuple(expression.items.map(of));
    case 'dict':
      return new Dict(expression.entries.map(([key, value]) => [of(key), of(value)]));
    case 'attribute':
      return attributeOf(of(expression.object), expression.name);
    case 'item':
      return subscriptOf(of(expression.object), of(expression.key));
    case 'slice':
      return sliceOf(
        of(expression.object),
        expression.bounds.map((bound) => (bound === undefined ? undefined : of(bound))),
      );
    case 'call': {
      const callee = of(expression.callee);
      return call(callee, ...argumentsOf(expression.args, scope, run));
    }
    case 'filter': {
      const input = of(expression.input);
      return filterOf(expression.name)(input, ...argumentsOf(expression.args, scope, run));
    }
    case 'test': {
      const input = of(expression.input);
      return isTest(expression.name, input, ...argumentsOf(expression.args, scope, run));
    }
    case 'unary': {
      const operand = of(expression.operand);
      if (expression.operator === 'not') return !isTrue(operand);
      return expression.operator === '-' ? negated(operand) : positive(operand);
    }
    case 'binary':
      return operate(expression.operator, of(expression.left), of(expression.right));
    case 'logical': {
      const left = of(expression.left);
      return isTrue(left) === (expression.operator === 'or') ? left : of(expression.right);
    }
    case 'concat':
      return expression.parts.map((part) => str(of(part))).join('');
    case 'compare':
      return holds(expression, of);
    case 'conditional':
      if (isTrue(of(expression.test))) return of(expression.then);
      return expression.otherwise === undefined
        ? new Undefined('an if without an else gives nothing here')
        : of(expression.otherwise);
    default:
      return expression satisfies never;
  }
}

function named(name: string, scope: Scope): Value {
  const value = scope.get(name);
  if (value !== undefined) return value;
  if (OTHER_FUNCTIONS.has(name)) throw new UnsupportedTemplate(`the function ${name}`);
  return new Undefined(`${name} is undefined`);
}

/** a < b < c holds where both do; nothing is evaluated after the first that does not. */
function holds(
  {first, rest}: Extract<Expression, {kind: 'compare'}>,
  of: (inner: Expression) => Value,
): boolean {
  let left = of(first);
  for (const {operator, operand} of rest) {
    const right = of(operand);
    if (!isRight(operator, left, right)) return false;
    left = right;
  }
  return true;
}

function isRight(operator: CompareOperator, left: Value, right: Value): boolean {
  switch (operator) {
    case '==':
      return areEqual(left, right);
    case '!=':
      return !areEqual(left, right);
    case '<':
      return compare(left, right) < 0;
    case '<=':
      return compare(left, right) <= 0;
    case '>':
      return compare(left, right) > 0;
    case '>=':
      return compare(left, right) >= 0;
    case 'in':
      return contains(right, left);
    case 'not in':
      return !contains(right, left);
    default:
      return operator satisfies never;
  }
}

/** Arguments by place and by name. */
export function argumentsOf(
  {positional, named: byName, more, moreNamed}: Arguments,
  scope: Scope,
  run: Evaluation,
): [Value[], Named] {
  const args = positional.map((each) => evaluate(each, scope, run));
  const names = new Map<string, Value>();
  const put = (name: string, value: Value): void => {
    if (names.has(name)) throw new TemplateError(`the argument ${name} is given twice`);
    names.set(name, value);
  };
  for (const [name, value] of byName) put(name, evaluate(value, scope, run));
  if (more !== undefined) args.push(...iterate(evaluate(more, scope, run)));
  if (moreNamed !== undefined) {
    const dict = evaluate(moreNamed, scope, run);
    if (!(dict instanceof Dict)) throw new TemplateError(`** before a ${typeName(dict)}`);
    for (const [name, value] of dict.entries()) put(str(name), value);
  }
  return [args, names];
}

export function call(callee: Value, args: readonly Value[], named: Named): Value {
  requireDefined(callee);
  if (callee instanceof Callable) return callee.call(args, named);
  throw new TemplateError(`a ${typeName(callee)} cannot be called`);
}
