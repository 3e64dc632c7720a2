/** Expressions, by the precedences of Jinja's grammar. */

import {filterNames} from '../builtins/filters.js';
import {testNames} from '../builtins/tests.js';
import {TemplateError} from '../errors.js';
import {CONSTANTS, requireCallable, requireKnown} from './known.js';
import type {Token, TokenType} from './lexer.js';
import type {Arguments, BinaryOperator, BlockFilter, CompareOperator, Expression} from './syntax.js';

const COMPARISONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const SUMS: ReadonlySet<string> = new Set(['+', '-']);
const PRODUCTS: ReadonlySet<string> = new Set(['*', '/', '//', '%']);
const NO_ARGUMENTS: Arguments = {positional: [], named: []};
/** Deeper nesting than any template has; the parser's own stack would end somewhere beyond. */
const MAX_DEPTH = 200;

/** Reads tokens one after another. */
export class ExpressionParser {
  private position = 0;
  private depth = 0;

  private readonly tokens: readonly Token[];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  get current(): Token {
    const token = this.tokens[this.position];
    if (token === undefined) throw new TemplateError('unexpected end of template');
    return token;
  }

  next(): Token {
    const token = this.current;
    if (token.type !== 'end') this.position += 1;
    return token;
  }

  is(type: TokenType, value?: string): boolean {
    return this.current.type === type && (value === undefined || this.current.value === value);
  }

  isOperator(value: string): boolean {
    return this.is('operator', value);
  }

  isName(...values: string[]): boolean {
    return this.current.type === 'name' && values.includes(this.current.value);
  }

  skip(type: TokenType, value?: string): boolean {
    if (!this.is(type, value)) return false;
    this.next();
    return true;
  }

  expect(type: TokenType, value?: string): Token {
    if (this.is(type, value)) return this.next();
    return this.fail(`expected ${value ?? type}, got ${this.described()}`);
  }

  fail(what: string): never {
    throw new TemplateError(`line ${this.current.line}: ${what}`);
  }

  described(): string {
    const {type, value} = this.current;
    return value === '' ? type : value;
  }

  /** Expressions between commas are a tuple. */
  parseTuple({withConditional = true, isEnclosed = false, ends = []}: TupleOptions = {}): Expression {
    const items: Expression[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.expect('operator', ',');
      if (this.isTupleEnd(ends)) break;
      items.push(withConditional ? this.parseExpression() : this.parseOr());
      if (!this.isOperator(',')) break;
      isTuple = true;
    }
    const [only] = items;
    if (!isTuple && only !== undefined) return only;
    if (!isTuple && !isEnclosed) this.fail(`expected an expression, got ${this.described()}`);
    return {kind: 'tuple', items};
  }

  isTupleEnd(ends: readonly string[]): boolean {
    return this.is('print end') || this.is('block end') || this.isOperator(')') || this.isName(...ends);
  }

  parseExpression(): Expression {
    this.depth += 1;
    if (this.depth > MAX_DEPTH) this.fail('expressions are nested too deeply');
    let then = this.parseOr();
    while (this.skip('name', 'if')) {
      const test = this.parseOr();
      const otherwise = this.skip('name', 'else') ? this.parseExpression() : undefined;
      then = {kind: 'conditional', test, then, otherwise};
    }
    this.depth -= 1;
    return then;
  }

  private parseOr(): Expression {
    let left = this.parseAnd();
    while (this.skip('name', 'or')) left = {kind: 'logical', operator: 'or', left, right: this.parseAnd()};
    return left;
  }

  private parseAnd(): Expression {
    let left = this.parseNot();
    while (this.skip('name', 'and')) left = {kind: 'logical', operator: 'and', left, right: this.parseNot()};
    return left;
  }

  private parseNot(): Expression {
    let negations = 0;
    while (this.skip('name', 'not')) negations += 1;
    let operand = this.parseComparison();
    for (; negations > 0; negations--) operand = {kind: 'unary', operator: 'not', operand};
    return operand;
  }

  private parseComparison(): Expression {
    const first = this.parseSum();
    const rest: {operator: CompareOperator; operand: Expression}[] = [];
    for (;;) {
      const operator = this.comparison();
      if (operator === undefined) break;
      rest.push({operator, operand: this.parseSum()});
    }
    return rest.length === 0 ? first : {kind: 'compare', first, rest};
  }

  private comparison(): CompareOperator | undefined {
    if (this.current.type === 'operator' && COMPARISONS.has(this.current.value))
      return this.next().value as CompareOperator;
    if (this.skip('name', 'in')) return 'in';
    const after = this.tokens[this.position + 1];
    if (!this.isName('not') || after?.type !== 'name' || after.value !== 'in') return undefined;
    this.position += 2;
    return 'not in';
  }

  private parseSum(): Expression {
    return this.parseBinary(SUMS, () => this.parseConcat());
  }

  private parseConcat(): Expression {
    const first = this.parseProduct();
    const parts = [first];
    while (this.skip('operator', '~')) parts.push(this.parseProduct());
    return parts.length === 1 ? first : {kind: 'concat', parts};
  }

  private parseProduct(): Expression {
    return this.parseBinary(PRODUCTS, () => this.parsePower());
  }

  /** From the left, unlike Python's. */
  private parsePower(): Expression {
    return this.parseBinary(new Set(['**']), () => this.parseUnary(true));
  }

  private parseBinary(operators: ReadonlySet<string>, parseOperand: () => Expression): Expression {
    let left = parseOperand();
    while (this.current.type === 'operator' && operators.has(this.current.value)) {
      const operator = this.next().value as BinaryOperator;
      left = {kind: 'binary', operator, left, right: parseOperand()};
    }
    return left;
  }

  private parseUnary(withFilter: boolean): Expression {
    let node: Expression;
    if (this.isOperator('-') || this.isOperator('+')) {
      this.depth += 1;
      if (this.depth > MAX_DEPTH) this.fail('expressions are nested too deeply');
      const operator = this.next().value as '-' | '+';
      node = {kind: 'unary', operator, operand: this.parseUnary(false)};
      this.depth -= 1;
    } else {
      node = this.parsePrimary();
    }
    node = this.parsePostfix(node);
    return withFilter ? this.parseFilters(node) : node;
  }

  private parsePrimary(): Expression {
    const token = this.next();
    switch (token.type) {
      case 'name': {
        const value = CONSTANTS.get(token.value);
        return value === undefined ? {kind: 'name', name: token.value} : {kind: 'constant', value};
      }
      case 'string': {
        let value = token.value;
        while (this.is('string')) value += this.next().value;
        return {kind: 'constant', value};
      }
      case 'integer':
        return {kind: 'constant', value: BigInt(token.value.replaceAll('_', '').toLowerCase())};
      case 'float':
        return {kind: 'constant', value: Number(token.value.replaceAll('_', ''))};
      default:
    }
    if (token.type === 'operator') {
      if (token.value === '(') {
        const inner = this.parseTuple({isEnclosed: true});
        this.expect('operator', ')');
        return inner;
      }
      if (token.value === '[')
        return {kind: 'list', items: this.parseItems(']', () => this.parseExpression())};
      if (token.value === '{') return {kind: 'dict', entries: this.parseItems('}', () => this.parseEntry())};
    }
    this.position -= 1;
    return this.fail(`unexpected ${this.described()}`);
  }

  private parseEntry(): readonly [Expression, Expression] {
    const key = this.parseExpression();
    this.expect('operator', ':');
    return [key, this.parseExpression()];
  }

  /** Up to a closing bracket; a comma may end them. */
  private parseItems<T>(close: string, parse: () => T): T[] {
    const items: T[] = [];
    while (!this.skip('operator', close)) {
      if (items.length > 0) this.expect('operator', ',');
      if (this.skip('operator', close)) break;
      items.push(parse());
    }
    return items;
  }

  private parsePostfix(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.skip('operator', '.')) node = this.parseAttribute(node);
      else if (this.skip('operator', '[')) node = this.parseItem(node);
      else if (this.isOperator('(')) {
        requireCallable(node);
        node = {kind: 'call', callee: node, args: this.parseArguments()};
      } else return node;
    }
  }

  private parseAttribute(object: Expression): Expression {
    if (this.is('name')) return {kind: 'attribute', object, name: this.next().value};
    const key: Expression = {kind: 'constant', value: BigInt(this.expect('integer').value)};
    return {kind: 'item', object, key};
  }

  private parseItem(object: Expression): Expression {
    const first = this.parseSubscript(object);
    if (this.skip('operator', ']')) return first;
    return this.fail('a subscript of several parts is no text, list or dict’s');
  }

  private parseSubscript(object: Expression): Expression {
    const bounds: (Expression | undefined)[] = [];
    const isEnd = (): boolean => this.isOperator(':') || this.isOperator(']') || this.isOperator(',');
    bounds.push(isEnd() ? undefined : this.parseExpression());
    if (!this.isOperator(':')) {
      const [key] = bounds;
      return key === undefined ? this.fail('an empty subscript') : {kind: 'item', object, key};
    }
    while (bounds.length < 3 && this.skip('operator', ':'))
      bounds.push(isEnd() ? undefined : this.parseExpression());
    return {kind: 'slice', object, bounds};
  }

  private parseFilters(start: Expression): Expression {
    let node = start;
    for (;;) {
      if (this.skip('operator', '|')) node = {kind: 'filter', input: node, ...this.parseFilter()};
      else if (this.isName('is')) node = this.parseTest(node);
      else if (this.isOperator('(')) node = {kind: 'call', callee: node, args: this.parseArguments()};
      else return node;
    }
  }

  parseFilter(): BlockFilter {
    const name = this.dottedName();
    requireKnown('filter', name, filterNames);
    return {name, args: this.isOperator('(') ? this.parseArguments() : NO_ARGUMENTS};
  }

  private parseTest(input: Expression): Expression {
    this.next();
    const isNegated = this.skip('name', 'not');
    const name = this.dottedName();
    requireKnown('test', name, testNames);
    const test: Expression = {kind: 'test', input, name, args: this.parseTestArguments()};
    return isNegated ? {kind: 'unary', operator: 'not', operand: test} : test;
  }

  private parseTestArguments(): Arguments {
    if (this.isOperator('(')) return this.parseArguments();
    const begins =
      ['name', 'string', 'integer', 'float'].includes(this.current.type) ||
      this.isOperator('[') ||
      this.isOperator('{');
    if (!begins || this.isName('else', 'or', 'and')) return NO_ARGUMENTS;
    if (this.isName('is')) this.fail('tests cannot be chained with is');
    return {positional: [this.parsePostfix(this.parsePrimary())], named: []};
  }

  private dottedName(): string {
    let name = this.expect('name').value;
    while (this.skip('operator', '.')) name += `.${this.expect('name').value}`;
    return name;
  }

  private parseArguments(): Arguments {
    this.expect('operator', '(');
    const positional: Expression[] = [];
    const named: [string, Expression][] = [];
    let more: Expression | undefined;
    let moreNamed: Expression | undefined;
    const ensure = (isRight: boolean): void => {
      if (!isRight) this.fail('arguments in the wrong order');
    };
    this.parseItems(')', () => {
      if (this.skip('operator', '*')) {
        ensure(more === undefined && moreNamed === undefined);
        more = this.parseExpression();
      } else if (this.skip('operator', '**')) {
        ensure(moreNamed === undefined);
        moreNamed = this.parseExpression();
      } else if (this.is('name') && this.isAssigned()) {
        ensure(moreNamed === undefined);
        const name = this.next().value;
        this.next();
        named.push([name, this.parseExpression()]);
      } else {
        ensure(more === undefined && moreNamed === undefined && named.length === 0);
        positional.push(this.parseExpression());
      }
    });
    return {positional, named, more, moreNamed};
  }

  private isAssigned(): boolean {
    const after = this.tokens[this.position + 1];
    return after?.type === 'operator' && after.value === '=';
  }
}

interface TupleOptions {
  readonly withConditional?: boolean;
  /** In parentheses, where there may be nothing at all. */
  readonly isEnclosed?: boolean;
  /** Names that end it. */
  readonly ends?: readonly string[];
}
