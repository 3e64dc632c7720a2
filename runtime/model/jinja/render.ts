/** What statements write. */

import {filterOf} from './builtins/filters.js';
import {put} from './builtins/globals.js';
import {TemplateError} from './errors.js';
import {argumentsOf, call, evaluate} from './evaluate.js';
import {namesIn, namesRead, Scope} from './scope.js';
import type {Block, BlockFilter, Parameter, Statement, Target} from './syntax/syntax.js';
import {str} from './values/show.js';
import {
  Callable,
  Dict,
  isTrue,
  iterate,
  Loop,
  type Named,
  Tuple,
  Undefined,
  type Value,
} from './values/values.js';

/** Expressions and statements that a template evaluates, at most: a conversation of a thousand turns takes a hundredth. */
const MOST_WORK = 5_000_000;
/** Characters that it writes. */
const MOST_TEXT = 1 << 26;

type Signal = 'break' | 'continue' | undefined;

/**
 * The text of a parsed template.
 *
 * @param given what its names are: the variables of the conversation, and the functions of `globals`.
 */
export function render(template: Block, given: ReadonlyMap<string, Value>): string {
  return new Rendering(given).render(template);
}

class Rendering {
  private work = 0;
  private written = 0;
  private readonly given: (name: string) => Value | undefined;
  readonly spend = (): void => {
    this.work += 1;
    if (this.work > MOST_WORK) throw new TemplateError(`it takes over ${MOST_WORK} operations`);
  };

  constructor(given: ReadonlyMap<string, Value>) {
    this.given = (name) => given.get(name);
  }

  render(template: Block): string {
    const out: string[] = [];
    this.run(template.body, new Scope(namesIn(template, undefined), undefined, this.given), out);
    return out.join('');
  }

  private write(out: string[], text: string): void {
    this.written += text.length;
    if (this.written > MOST_TEXT) throw new TemplateError(`it writes over ${MOST_TEXT} characters`);
    out.push(text);
  }

  private inner(block: Block, outer: Scope): Scope {
    return new Scope(namesIn(block, outer.names), outer, this.given);
  }

  /** The text of a block with names of its own, and whether it breaks off a loop around it. */
  private captured(block: Block, scope: Scope): {readonly text: string; readonly signal: Signal} {
    const out: string[] = [];
    const signal = this.run(block.body, scope, out);
    return {text: out.join(''), signal};
  }

  private run(statements: readonly Statement[], scope: Scope, out: string[]): Signal {
    for (const statement of statements) {
      const signal = this.statement(statement, scope, out);
      if (signal !== undefined) return signal;
    }
    return undefined;
  }

  private statement(statement: Statement, scope: Scope, out: string[]): Signal {
    this.spend();
    switch (statement.kind) {
      case 'text':
        this.write(out, statement.text);
        return undefined;
      case 'print':
        this.write(out, str(evaluate(statement.value, scope, this)));
        return undefined;
      case 'if': {
        const taken = statement.branches.find(({test}) => isTrue(evaluate(test, scope, this)));
        return this.run(taken === undefined ? statement.otherwise : taken.body, scope, out);
      }
      case 'for':
        return this.loop(statement, scope, out);
      case 'set':
        this.assign(statement.target, evaluate(statement.value, scope, this), scope);
        return undefined;
      case 'set block': {
        const {text, signal} = this.captured(statement.block, this.inner(statement.block, scope));
        if (signal === undefined)
          this.assign(statement.target, this.filtered(text, statement.filters, scope), scope);
        return signal;
      }
      case 'with': {
        const values = statement.values.map((value) => evaluate(value, scope, this));
        const inner = this.inner(statement.block, scope);
        for (const [index, each] of statement.targets.entries())
          this.assign(each, values[index] as Value, inner);
        return this.run(statement.block.body, inner, out);
      }
      case 'filter block': {
        const {text, signal} = this.captured(statement.block, this.inner(statement.block, scope));
        if (signal === undefined) this.write(out, str(this.filtered(text, statement.filters, scope)));
        return signal;
      }
      case 'macro':
        scope.set(statement.name, this.macro(statement.name, statement.parameters, statement.block, scope));
        return undefined;
      case 'call block': {
        const caller = this.macro('caller', statement.parameters, statement.block, scope);
        const callee = evaluate(statement.call.callee, scope, this);
        const [args, named] = argumentsOf(statement.call.args, scope, this);
        this.write(out, str(call(callee, args, new Map([...named, ['caller', caller]]))));
        return undefined;
      }
      case 'generation':
        this.write(out, this.captured(statement.block, this.inner(statement.block, scope)).text);
        return undefined;
      case 'break':
      case 'continue':
        return statement.kind;
      default:
        return statement satisfies never;
    }
  }

  private loop(statement: Extract<Statement, {kind: 'for'}>, scope: Scope, out: string[]): Signal {
    const {target, test, testBlock, body, otherwise} = statement;
    const all = [...iterate(evaluate(statement.items, scope, this))];
    const items =
      test === undefined
        ? all
        : all.filter((item) => {
            this.spend();
            const inner = this.inner(testBlock, scope);
            this.assign(target, item, inner);
            return isTrue(evaluate(test, inner, this));
          });
    const loop = new Loop(items);
    for (const [index, item] of items.entries()) {
      this.spend();
      loop.index = index;
      const inner = this.inner(body, scope);
      inner.set('loop', loop);
      this.assign(target, item, inner);
      if (this.run(body.body, inner, out) === 'break') break;
    }
    if (items.length > 0) return undefined;
    return this.run(otherwise.body, this.inner(otherwise, scope), out);
  }

  private assign(target: Target, value: Value, scope: Scope): void {
    switch (target.kind) {
      case 'name':
        scope.set(target.name, value);
        return;
      case 'namespace': {
        const space = scope.get(target.name) ?? new Undefined(`${target.name} is undefined`);
        put(space, target.attribute, value);
        return;
      }
      case 'targets': {
        const items = [...iterate(value)];
        if (items.length !== target.items.length)
          throw new TemplateError(`${items.length} values are given to ${target.items.length} names`);
        for (const [index, each] of target.items.entries()) this.assign(each, items[index] as Value, scope);
        return;
      }
      default:
        target satisfies never;
    }
  }

  private filtered(text: string, filters: readonly BlockFilter[], scope: Scope): Value {
    return filters.reduce<Value>(
      (value, {name, args}) => filterOf(name)(value, ...argumentsOf(args, scope, this)),
      text,
    );
  }

  private macro(name: string, parameters: readonly Parameter[], block: Block, scope: Scope): Callable {
    const read = namesRead(block);
    const takes = (special: string): boolean =>
      read.has(special) && !parameters.some((parameter) => parameter.name === special);
    const withSpecial: Block = {
      ...block,
      parameters: [...block.parameters, ...['caller', 'kwargs', 'varargs'].filter(takes)],
    };
    return new Callable(name, (args, named) => {
      const rest = new Map(named);
      const inner = this.inner(withSpecial, scope);
      const missing: Parameter[] = [];
      parameters.forEach((parameter, index) => {
        const value = args[index] ?? (index < args.length ? null : rest.get(parameter.name));
        if (index >= args.length) rest.delete(parameter.name);
        if (value === undefined) missing.push(parameter);
        else inner.set(parameter.name, value);
      });
      this.special(name, inner, takes, args.slice(parameters.length), rest);
      for (const parameter of missing) {
        const fallback = parameter.default;
        const value =
          fallback === undefined
            ? new Undefined(`${name} was not given ${parameter.name}`)
            : evaluate(fallback, inner, this);
        inner.set(parameter.name, value);
      }
      return this.captured(withSpecial, inner).text;
    });
  }

  /** What a macro may read of arguments that it does not name. */
  private special(
    name: string,
    inner: Scope,
    takes: (special: string) => boolean,
    more: readonly Value[],
    rest: Map<string, Value>,
  ): void {
    if (takes('caller')) {
      inner.set('caller', rest.get('caller') ?? new Undefined(`${name} was called by no {% call %}`));
      rest.delete('caller');
    }
    if (takes('kwargs')) inner.set('kwargs', new Dict(rest as Named));
    else if (rest.size > 0) throw new TemplateError(`${name} takes no argument ${[...rest.keys()][0]}`);
    if (takes('varargs')) inner.set('varargs', new Tuple(more));
    else if (more.length > 0) throw new TemplateError(`${name} was given ${more.length} arguments too many`);
  }
}
