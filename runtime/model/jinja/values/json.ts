/** Python's json.dumps, as transformers' filter `tojson` calls it. */
import {TemplateError} from '../errors.js';
import {floatText, str} from './show.js';
import {compareTexts} from './text.js';
import {Dict, SafeText, Tuple, typeName, type Value} from './values.js';

export interface JsonOptions {
  readonly ensureAscii: boolean;
  /** What a level is indented by; undefined writes one line. */
  readonly indent: string | undefined;
  readonly itemSeparator: string;
  readonly keySeparator: string;
  readonly sortKeys: boolean;
}

/** @throws TemplateError for what JSON has no form of. */
export function dumps(value: Value, options: JsonOptions): string {
  const write = (each: Value, depth: number): string => {
    if (each === null) return 'null';
    if (typeof each === 'boolean') return each ? 'true' : 'false';
    if (typeof each === 'bigint') return each.toString();
    if (typeof each === 'number') return floatJson(each);
    if (typeof each === 'string') return quoted(each, options.ensureAscii);
    if (each instanceof SafeText) return quoted(each.text, options.ensureAscii);
    if (Array.isArray(each))
      return enclosed(
        '[',
        each.map((item) => write(item, depth + 1)),
        ']',
        depth,
      );
    if (each instanceof Tuple)
      return enclosed(
        '[',
        each.items.map((item) => write(item, depth + 1)),
        ']',
        depth,
      );
    if (each instanceof Dict) {
      const entries = each.entries().map(([key, item]) => [keyText(key), item] as const);
      if (options.sortKeys) entries.sort(([a], [b]) => compareTexts(a, b));
      const lines = entries.map(
        ([key, item]) =>
          `${quoted(key, options.ensureAscii)}${options.keySeparator}${write(item, depth + 1)}`,
      );
      return enclosed('{', lines, '}', depth);
    }
    throw new TemplateError(`a ${typeName(each)} has no form in JSON`);
  };
  const enclosed = (open: string, items: readonly string[], close: string, depth: number): string => {
    const {indent, itemSeparator} = options;
    if (items.length === 0) return open + close;
    if (indent === undefined) return open + items.join(itemSeparator) + close;
    const begin = `\n${indent.repeat(depth + 1)}`;
    return `${open}${begin}${items.join(itemSeparator + begin)}\n${indent.repeat(depth)}${close}`;
  };
  return write(value, 0);
}

const floatJson = (value: number): string =>
  Number.isNaN(value)
    ? 'NaN'
    : Number.isFinite(value)
      ? floatText(value)
      : value > 0
        ? 'Infinity'
        : '-Infinity';

function keyText(key: Value): string {
  if (typeof key === 'string') return key;
  return key === null ? 'null' : str(key);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

const quoted = (text: string, ensureAscii: boolean): string =>
  `"${text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what JSON escapes.
    ensureAscii ? /["\\\x00-\x1f]|[^\x00-\x7f]/g : /["\\\x00-\x1f]/g,
    (character) => SHORT[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )}"`;
