/**
 * A template's text as tokens, by the rules of Jinja's documentation with `trim_blocks` and `lstrip_blocks`, as
 * transformers sets them: https://jinja.palletsprojects.com/en/stable/templates/#whitespace-control
 *
 * Line ends are `\n`, whatever the file has; one at the template's end goes.
 */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {stripped, WHITE_SPACE} from '../values/text.js';

export type TokenType =
  | 'data'
  | 'name'
  | 'string'
  | 'integer'
  | 'float'
  | 'operator'
  | 'print begin'
  | 'print end'
  | 'block begin'
  | 'block end'
  | 'end';

export interface Token {
  readonly type: TokenType;
  /** As written; a string without its quotes and escapes. */
  readonly value: string;
  /** Counted from 1. */
  readonly line: number;
}

const TAG = /\{([%{#])([-+]?)/g;
const RAW = new RegExp(`\\{%([-+]?)[${WHITE_SPACE}]*raw[${WHITE_SPACE}]*(-%\\}[${WHITE_SPACE}]*|%\\})`, 'y');
const ENDRAW = new RegExp(
  `\\{%([-+]?)[${WHITE_SPACE}]*endraw[${WHITE_SPACE}]*(\\+%\\}|-%\\}[${WHITE_SPACE}]*|%\\}\\n?)`,
  'g',
);
const COMMENT_END = new RegExp(`\\+#\\}|-#\\}[${WHITE_SPACE}]*|#\\}\\n?`, 'g');
const BLOCK_END = new RegExp(`\\+%\\}|-%\\}[${WHITE_SPACE}]*|%\\}\\n?`, 'y');
const PRINT_END = new RegExp(`-\\}\\}[${WHITE_SPACE}]*|\\}\\}`, 'y');
const BLANK = new RegExp(`[${WHITE_SPACE}]+`, 'y');
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?e[+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/iy;
const INTEGER = /0b(?:_?[01])+|0o(?:_?[0-7])+|0x(?:_?[\da-f])+|[1-9](?:_?\d)*|0(?:_?0)*/iy;
const NAME = /[\p{ID_Start}_]\p{ID_Continue}*/uy;
const STRING = /'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*"/sy;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const CLOSING: Readonly<Record<string, string>> = {'(': ')', '[': ']', '{': '}'};

/** @throws TemplateError with the line where the text is no template. */
export function tokenize(template: string): Token[] {
  const text = template.replace(/\r\n?/g, '\n').replace(/\n$/, '');
  const tokens: Token[] = [];
  let position = 0;
  let isLineStart = true;
  let line = 1;
  let counted = 0;

  const lineAt = (offset: number): number => {
    for (; counted < offset; counted++) if (text[counted] === '\n') line += 1;
    return line;
  };
  const push = (type: TokenType, value: string, offset: number): void => {
    tokens.push({type, value, line: lineAt(offset)});
  };
  const match = (pattern: RegExp, from = position): RegExpExecArray | null => {
    pattern.lastIndex = from;
    return pattern.exec(text);
  };
  const advance = (end: number): void => {
    position = end;
    isLineStart = text[end - 1] === '\n';
  };
  /** The text before a tag: `-` takes the white space before it; else what stands before a block on its line goes. */
  const pushData = (end: number, sign: string, isPrint: boolean): void => {
    let data = text.slice(position, end);
    if (sign === '-') data = stripped(data, undefined, 'right');
    else if (sign === '' && !isPrint) {
      const start = data.lastIndexOf('\n') + 1;
      if ((start > 0 || isLineStart) && stripped(data.slice(start)) === '') data = data.slice(0, start);
    }
    if (data !== '') push('data', data, position);
  };
  const fail: (what: string) => never = (what) => {
    throw new TemplateError(`line ${lineAt(position)}: ${what}`);
  };

  /** Everything up to the end of a tag. */
  const pushTag = (end: RegExp, type: 'print end' | 'block end'): void => {
    const open: string[] = [];
    for (;;) {
      const close = open.length === 0 ? match(end) : null;
      if (close !== null) {
        push(type, '', position);
        advance(position + close[0].length);
        return;
      }
      const blank = match(BLANK);
      if (blank !== null) {
        position += blank[0].length;
        continue;
      }
      const token = next();
      if (token === undefined)
        fail(position >= text.length ? 'the template ends in a tag' : `unexpected ${text[position]}`);
      if (token.type === 'operator') {
        const closing = CLOSING[token.value];
        if (closing !== undefined) open.push(closing);
        else if (')]}'.includes(token.value) && open.pop() !== token.value) fail(`unexpected ${token.value}`);
      }
      const value = token.type === 'string' ? unescaped(token.value.slice(1, -1), fail) : token.value;
      push(token.type, value, position);
      position += token.value.length;
    }
  };
  const next = (): {type: TokenType; value: string} | undefined => {
    for (const [type, pattern] of [
      ['float', FLOAT],
      ['integer', INTEGER],
      ['name', NAME],
      ['string', STRING],
      ['operator', OPERATOR],
    ] as const) {
      const found = match(pattern);
      if (found !== null) return {type, value: found[0]};
    }
    return undefined;
  };

  for (;;) {
    const tag = match(TAG);
    if (tag === null) break;
    const raw = match(RAW, tag.index);
    if (raw !== null) {
      pushData(tag.index, raw[1] ?? '', false);
      advance(tag.index + raw[0].length);
      const end = match(ENDRAW) ?? fail('{% raw %} has no end');
      pushData(end.index, end[1] ?? '', false);
      advance(end.index + end[0].length);
      continue;
    }
    const [whole, kind, sign = ''] = tag;
    pushData(tag.index, sign, kind === '{');
    position = tag.index + whole.length;
    if (kind === '#') {
      const end = match(COMMENT_END) ?? fail('a comment has no end');
      advance(end.index + end[0].length);
    } else if (kind === '{') {
      push('print begin', '', tag.index);
      pushTag(PRINT_END, 'print end');
    } else {
      push('block begin', '', tag.index);
      pushTag(BLOCK_END, 'block end');
    }
  }
  if (position < text.length) push('data', text.slice(position), position);
  push('end', '', text.length);
  return tokens;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** The escapes of a Python string; an unknown one stays as it is. */
function unescaped(text: string, fail: (what: string) => never): string {
  return text.replace(
    /\\(?:([0-7]{1,3})|x([\da-fA-F]{0,2})|u([\da-fA-F]{0,4})|U([\da-fA-F]{0,8})|(.))/gs,
    (written, octal, byte, short, long, other) => {
      if (octal !== undefined) return String.fromCodePoint(Number.parseInt(octal, 8));
      const kind = written[1];
      const digits = kind === 'x' ? byte : kind === 'u' ? short : kind === 'U' ? long : undefined;
      if (digits !== undefined) {
        if (digits.length !== {x: 2, u: 4, U: 8}[kind as 'x' | 'u' | 'U'])
          return fail(`the escape ${written} is cut short`);
        const code = Number.parseInt(digits, 16);
        if (code > 0x10_ff_ff) return fail(`no character has the code ${written}`);
        if (code >= 0xd8_00 && code <= 0xdf_ff)
          throw new UnsupportedTemplate(`the half character ${written}`);
        return String.fromCodePoint(code);
      }
      const character = kind ?? other;
      if (character === 'N') throw new UnsupportedTemplate('a character by its name, \\N{...}');
      if (character > '\x7f') throw new UnsupportedTemplate(`the escape ${written}`);
      return ESCAPES[character] ?? written;
    },
  );
}
