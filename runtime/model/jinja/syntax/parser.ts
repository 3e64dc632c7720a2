/** Statements: the tags of a template between its texts. */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {ExpressionParser} from './expressions.js';
import {CONSTANTS} from './known.js';
import {tokenize} from './lexer.js';
import type {Block, BlockFilter, Expression, Parameter, Statement, Target} from './syntax.js';

/** @throws TemplateError, with the line, for what is no template; UnsupportedTemplate for what is not rendered here. */
export function parse(template: string): Block {
  const parser = new StatementParser(new ExpressionParser(tokenize(template)));
  return {body: parser.parseBody([]), parameters: []};
}

/** Tags that Jinja knows and that no chat template of a model needs. */
const UNSUPPORTED: ReadonlySet<string> = new Set([
  'autoescape',
  'block',
  'extends',
  'from',
  'import',
  'include',
  'print',
]);
const MAX_DEPTH = 100;

class StatementParser {
  /** How many loops, and macros within, a statement stands in: only a loop's own can be broken off. */
  private loops = 0;
  private depth = 0;

  private readonly tokens: ExpressionParser;

  constructor(tokens: ExpressionParser) {
    this.tokens = tokens;
  }

  /** Up to one of the ends, which is read; the template's end where there are none. */
  parseBody(ends: readonly string[]): Statement[] {
    const {tokens} = this;
    const body: Statement[] = [];
    this.depth += 1;
    if (this.depth > MAX_DEPTH) tokens.fail('tags are nested too deeply');
    for (;;) {
      if (tokens.is('data')) body.push({kind: 'text', text: tokens.next().value});
      else if (tokens.skip('print begin')) {
        body.push({kind: 'print', value: tokens.parseTuple()});
        tokens.expect('print end');
      } else if (tokens.skip('block begin')) {
        if (tokens.isName(...ends)) break;
        body.push(this.parseStatement());
        tokens.expect('block end');
      } else if (ends.length === 0 && tokens.is('end')) break;
      else tokens.fail(`unexpected ${tokens.described()}, where ${ends.join(' or ')} is looked for`);
    }
    this.depth -= 1;
    return body;
  }

  /** After the tag's end, up to one of the ends, whose name is returned. */
  private parseUpTo(...ends: string[]): {body: Statement[]; end: string} {
    this.tokens.skip('operator', ':');
    this.tokens.expect('block end');
    const body = this.parseBody(ends);
    return {body, end: this.tokens.next().value};
  }

  /** A body with names of its own. In a macro's no loop outside can be broken off. */
  private parseBlock(end: string, parameters: readonly string[] = [], isCalled = true): Block {
    const {loops} = this;
    if (isCalled) this.loops = 0;
    const {body} = this.parseUpTo(end);
    this.loops = loops;
    return {body, parameters};
  }

  private parseStatement(): Statement {
    const {tokens} = this;
    const name = tokens.expect('name').value;
    switch (name) {
      case 'if':
        return this.parseIf();
      case 'for':
        return this.parseFor();
      case 'set':
        return this.parseSet();
      case 'with':
        return this.parseWith();
      case 'macro':
        return this.parseMacro();
      case 'call':
        return this.parseCall();
      case 'filter':
        return this.parseFilterBlock();
      case 'generation':
        return {kind: 'generation', block: this.parseBlock('endgeneration')};
      case 'break':
      case 'continue':
        if (this.loops === 0) tokens.fail(`${name} outside of a loop`);
        return {kind: name};
      default:
        if (UNSUPPORTED.has(name)) throw new UnsupportedTemplate(`the tag {% ${name} %}`);
        throw new TemplateError(`line ${tokens.current.line}: there is no tag {% ${name} %}`);
    }
  }

  private parseIf(): Statement {
    const branches: {test: Expression; body: Statement[]}[] = [];
    for (;;) {
      const test = this.tokens.parseTuple({withConditional: false});
      const {body, end} = this.parseUpTo('elif', 'else', 'endif');
      branches.push({test, body});
      if (end === 'endif') return {kind: 'if', branches, otherwise: []};
      if (end === 'else') return {kind: 'if', branches, otherwise: this.parseUpTo('endif').body};
    }
  }

  private parseFor(): Statement {
    const {tokens} = this;
    const target = this.parseTarget(['in']);
    tokens.expect('name', 'in');
    const items = tokens.parseTuple({withConditional: false, ends: ['recursive']});
    const test = tokens.skip('name', 'if') ? tokens.parseExpression() : undefined;
    if (tokens.isName('recursive')) throw new UnsupportedTemplate('a recursive {% for %}');
    const parameters = namesOf(target);
    this.loops += 1;
    const {body, end} = this.parseUpTo('endfor', 'else');
    this.loops -= 1;
    const otherwise = end === 'else' ? this.parseUpTo('endfor').body : [];
    return {
      kind: 'for',
      target,
      items,
      test,
      testBlock: {body: [], parameters, defaults: test === undefined ? [] : [test]},
      body: {body, parameters: [...parameters, 'loop']},
      otherwise: {body: otherwise, parameters: []},
    };
  }

  private parseSet(): Statement {
    const {tokens} = this;
    const target = this.parseTarget([], true);
    if (tokens.skip('operator', '=')) return {kind: 'set', target, value: tokens.parseTuple()};
    const filters: BlockFilter[] = [];
    while (tokens.skip('operator', '|')) filters.push(tokens.parseFilter());
    return {kind: 'set block', target, filters, block: this.parseBlock('endset', [], false)};
  }

  private parseWith(): Statement {
    const {tokens} = this;
    const targets: Target[] = [];
    const values: Expression[] = [];
    while (!tokens.is('block end')) {
      if (targets.length > 0) tokens.expect('operator', ',');
      targets.push(this.parseTarget());
      tokens.expect('operator', '=');
      values.push(tokens.parseExpression());
    }
    const block = this.parseBlock('endwith', targets.flatMap(namesOf), false);
    return {kind: 'with', targets, values, block};
  }

  private parseFilterBlock(): Statement {
    const {tokens} = this;
    const filters = [tokens.parseFilter()];
    while (tokens.skip('operator', '|')) filters.push(tokens.parseFilter());
    return {kind: 'filter block', filters, block: this.parseBlock('endfilter', [], false)};
  }

  private parseMacro(): Statement {
    const name = this.parseTargetName();
    const parameters = this.parseParameters();
    return {kind: 'macro', name, parameters, block: this.parseCallable('endmacro', parameters)};
  }

  private parseCall(): Statement {
    const {tokens} = this;
    const parameters = tokens.isOperator('(') ? this.parseParameters() : [];
    const call = tokens.parseExpression();
    if (call.kind !== 'call') return tokens.fail('expected a call');
    return {kind: 'call block', call, parameters, block: this.parseCallable('endcall', parameters)};
  }

  private parseCallable(end: string, parameters: readonly Parameter[]): Block {
    const block = this.parseBlock(
      end,
      parameters.map(({name}) => name),
    );
    const defaults = parameters.map((each) => each.default).filter((each) => each !== undefined);
    return {...block, defaults};
  }

  private parseParameters(): Parameter[] {
    const {tokens} = this;
    const parameters: Parameter[] = [];
    tokens.expect('operator', '(');
    while (!tokens.skip('operator', ')')) {
      if (parameters.length > 0) tokens.expect('operator', ',');
      const name = this.parseTargetName();
      const value = tokens.skip('operator', '=') ? tokens.parseExpression() : undefined;
      if (value === undefined && parameters.at(-1)?.default !== undefined)
        tokens.fail('a parameter without a default after one that has it');
      parameters.push({name, default: value});
    }
    return parameters;
  }

  private parseTarget(ends: readonly string[] = [], withNamespace = false): Target {
    const items: Target[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0) this.tokens.expect('operator', ',');
      if (this.tokens.isTupleEnd(ends)) break;
      items.push(this.parseOneTarget(withNamespace));
      if (!this.tokens.isOperator(',')) break;
      isTuple = true;
    }
    const [only] = items;
    if (only === undefined) this.tokens.fail(`expected a name to assign to, got ${this.tokens.described()}`);
    return isTuple ? {kind: 'targets', items} : only;
  }

  private parseOneTarget(withNamespace: boolean): Target {
    if (this.tokens.skip('operator', '(')) {
      const target = this.parseTarget([], withNamespace);
      this.tokens.expect('operator', ')');
      return target;
    }
    const name = this.parseTargetName();
    if (withNamespace && this.tokens.skip('operator', '.'))
      return {kind: 'namespace', name, attribute: this.tokens.expect('name').value};
    return {kind: 'name', name};
  }

  private parseTargetName(): string {
    const {value} = this.tokens.expect('name');
    if (CONSTANTS.has(value)) this.tokens.fail(`${value} cannot be assigned to`);
    return value;
  }
}

/** Names that a target assigns. */
export const namesOf = (target: Target): string[] =>
  target.kind === 'targets' ? target.items.flatMap(namesOf) : target.kind === 'name' ? [target.name] : [];
