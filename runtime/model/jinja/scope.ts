/**
 * Which names belong to which block, as Jinja's compiler decides before it renders.
 *
 * A block has the names that it sets, its parameters, and those that it reads and no block around it has. What it sets
 * begins as the block around has it; else, where it is read first or set in one branch of an `if` alone, as the template
 * was given it; else as nothing.
 */
import {namesOf} from './syntax/parser.js';
import type {Arguments, Block, BlockFilter, Expression, Statement, Target} from './syntax/syntax.js';
import type {Value} from './values/values.js';

/** How a name begins. */
type Beginning = 'parameter' | 'outer' | 'given' | 'nothing';
type Symbols = Map<string, Beginning>;

/** The names of a block, and those around it. */
export interface Names {
  readonly own: ReadonlyMap<string, Beginning>;
  readonly outer: Names | undefined;
}

const known = new WeakMap<Block, Names>();

/** @param outer of the block that this one stands in; always the same. */
export function namesIn(block: Block, outer: Names | undefined): Names {
  const before = known.get(block);
  if (before !== undefined) return before;
  const symbols: Symbols = new Map(block.parameters.map((name) => [name, 'parameter']));
  const analysis = new Analysis(outer);
  for (const each of block.defaults ?? []) analysis.expression(symbols, each);
  analysis.statements(symbols, block.body, new Set());
  const names = {own: symbols, outer};
  known.set(block, names);
  return names;
}

const has = (names: Names | undefined, name: string): boolean =>
  names !== undefined && (names.own.has(name) || has(names.outer, name));

class Analysis {
  private readonly outer: Names | undefined;

  constructor(outer: Names | undefined) {
    this.outer = outer;
  }

  load(symbols: Symbols, name: string): void {
    if (!symbols.has(name) && !has(this.outer, name)) symbols.set(name, 'given');
  }

  store(symbols: Symbols, stored: Set<string>, name: string): void {
    stored.add(name);
    if (!symbols.has(name)) symbols.set(name, has(this.outer, name) ? 'outer' : 'nothing');
  }

  statements(symbols: Symbols, statements: readonly Statement[], stored: Set<string>): void {
    for (const statement of statements) this.statement(symbols, statement, stored);
  }

  private statement(symbols: Symbols, statement: Statement, stored: Set<string>): void {
    switch (statement.kind) {
      case 'print':
        this.expression(symbols, statement.value);
        return;
      case 'if':
        this.branches(symbols, statement, stored);
        return;
      case 'for':
        this.expression(symbols, statement.items);
        return;
      case 'set':
        this.expression(symbols, statement.value);
        this.target(symbols, statement.target, stored);
        return;
      case 'set block':
        this.target(symbols, statement.target, stored);
        return;
      case 'with':
        for (const value of statement.values) this.expression(symbols, value);
        return;
      case 'filter block':
        this.filters(symbols, statement.filters);
        return;
      case 'macro':
        this.store(symbols, stored, statement.name);
        return;
      case 'call block':
        this.expression(symbols, statement.call);
        return;
      default:
        return;
    }
  }

  /** What one branch sets and another does not begins as outside. */
  private branches(symbols: Symbols, statement: Extract<Statement, {kind: 'if'}>, stored: Set<string>): void {
    const [first, ...others] = statement.branches;
    if (first === undefined) return;
    this.expression(symbols, first.test);
    const parts: [Symbols, Set<string>][] = [];
    const visit = (run: (symbols: Symbols, stored: Set<string>) => void): void => {
      const part: [Symbols, Set<string>] = [new Map(symbols), new Set(stored)];
      run(...part);
      parts.push(part);
    };
    visit((inner, set) => this.statements(inner, first.body, set));
    visit((inner, set) => {
      for (const {test, body} of others)
        this.branches(inner, {kind: 'if', branches: [{test, body}], otherwise: []}, set);
    });
    visit((inner, set) => this.statements(inner, statement.otherwise, set));
    const counts = new Map<string, number>();
    for (const [, set] of parts)
      for (const name of set) if (!stored.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const [inner, set] of parts) {
      for (const [name, beginning] of inner) symbols.set(name, beginning);
      for (const name of set) stored.add(name);
    }
    for (const [name, count] of counts)
      if (count < parts.length && symbols.get(name) !== 'parameter')
        symbols.set(name, has(this.outer, name) ? 'outer' : 'given');
  }

  private target(symbols: Symbols, target: Target, stored: Set<string>): void {
    if (target.kind === 'namespace') this.load(symbols, target.name);
    for (const name of namesOf(target)) this.store(symbols, stored, name);
    if (target.kind === 'targets')
      for (const each of target.items) if (each.kind === 'namespace') this.load(symbols, each.name);
  }

  private filters(symbols: Symbols, filters: readonly BlockFilter[]): void {
    for (const {args} of filters) for (const each of argumentsOf(args)) this.expression(symbols, each);
  }

  expression(symbols: Symbols, expression: Expression): void {
    if (expression.kind === 'name') this.load(symbols, expression.name);
    else for (const part of partsOf(expression)) this.expression(symbols, part);
  }
}

const argumentsOf = ({positional, named, more, moreNamed}: Arguments): Expression[] => [
  ...positional,
  ...named.map(([, value]) => value),
  ...(more === undefined ? [] : [more]),
  ...(moreNamed === undefined ? [] : [moreNamed]),
];

function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'constant':
    case 'name':
      return [];
    case 'list':
    case 'tuple':
      return expression.items;
    case 'dict':
      return expression.entries.flat();
    case 'attribute':
      return [expression.object];
    case 'item':
      return [expression.object, expression.key];
    case 'slice':
      return [expression.object, ...expression.bounds.filter((bound) => bound !== undefined)];
    case 'call':
      return [expression.callee, ...argumentsOf(expression.args)];
    case 'filter':
    case 'test':
      return [expression.input, ...argumentsOf(expression.args)];
    case 'unary':
      return [expression.operand];
    case 'binary':
    case 'logical':
      return [expression.left, expression.right];
    case 'concat':
      return expression.parts;
    case 'compare':
      return [expression.first, ...expression.rest.map(({operand}) => operand)];
    case 'conditional': {
      const {test, then, otherwise} = expression;
      return otherwise === undefined ? [test, then] : [test, then, otherwise];
    }
    default:
      return expression satisfies never;
  }
}

/** Every name that is read anywhere in a block, in blocks within it too. */
export function namesRead(block: Block): ReadonlySet<string> {
  const before = read.get(block);
  if (before !== undefined) return before;
  const names = new Set<string>();
  readBlock(block, names);
  read.set(block, names);
  return names;
}
const read = new WeakMap<Block, ReadonlySet<string>>();

function readExpression(expression: Expression, names: Set<string>): void {
  if (expression.kind === 'name') names.add(expression.name);
  else for (const part of partsOf(expression)) readExpression(part, names);
}

function readBlock({body, defaults = []}: Block, names: Set<string>): void {
  for (const each of defaults) readExpression(each, names);
  readStatements(body, names);
}

function readStatements(statements: readonly Statement[], names: Set<string>): void {
  for (const statement of statements) {
    if (statement.kind === 'print' || statement.kind === 'set') readExpression(statement.value, names);
    if (statement.kind === 'if') {
      for (const {test, body} of statement.branches) {
        readExpression(test, names);
        readStatements(body, names);
      }
      readStatements(statement.otherwise, names);
    }
    if (statement.kind === 'for') {
      readExpression(statement.items, names);
      for (const block of [statement.testBlock, statement.body, statement.otherwise]) readBlock(block, names);
    }
    if (statement.kind === 'with') for (const value of statement.values) readExpression(value, names);
    if (statement.kind === 'call block') readExpression(statement.call, names);
    if (statement.kind === 'filter block' || statement.kind === 'set block')
      for (const {args} of statement.filters)
        for (const each of argumentsOf(args)) readExpression(each, names);
    if ('block' in statement) readBlock(statement.block, names);
  }
}

/** The names of a block that is being rendered, with their values. */
export class Scope {
  readonly #values = new Map<string, Value>();

  /** @param given what a name is that no block has. */
  readonly names: Names;
  readonly outer: Scope | undefined;

  constructor(names: Names, outer: Scope | undefined, given: (name: string) => Value | undefined) {
    this.names = names;
    this.outer = outer;

    for (const [name, beginning] of names.own) {
      const value =
        beginning === 'outer' ? outer?.get(name) : beginning === 'given' ? given(name) : undefined;
      if (value !== undefined) this.#values.set(name, value);
    }
  }

  /** undefined where the name is nobody's, or has no value yet. */
  get(name: string): Value | undefined {
    return this.names.own.has(name) ? this.#values.get(name) : this.outer?.get(name);
  }

  set(name: string, value: Value): void {
    this.#values.set(name, value);
  }
}
