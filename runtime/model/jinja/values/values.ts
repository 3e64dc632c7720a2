/**
 * Values of a template, as Python has them.
 *
 * | Python | here |
 * | --- | --- |
 * | None, bool, str | null, boolean, string |
 * | int | bigint |
 * | float | number |
 * | list | an array |
 * | the rest | the classes of this file |
 */
import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {characters, lengthOf} from './text.js';

export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Value[]
  | Tuple
  | Dict
  | Undefined
  | SafeText
  | Range
  | View
  | Lazy
  | Namespace
  | Callable
  | Loop;

export class Tuple {
  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** A name or a part that is not there. It prints as nothing; what else is done with it fails. */
export class Undefined {
  /** @param what such as `'x' is undefined`. */
  readonly what: string;

  constructor(what: string) {
    this.what = what;
  }
}

/** jinja's Markup: what the filters safe and escape give. It may be printed, joined by ~ and made a string. */
export class SafeText {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export class Range {
  readonly length: number;

  readonly start: bigint;
  readonly stop: bigint;
  readonly step: bigint;

  constructor(start: bigint, stop: bigint, step: bigint) {
    this.start = start;
    this.stop = stop;
    this.step = step;

    const span = step > 0n ? stop - start : start - stop;
    const size = step > 0n ? step : -step;
    this.length = span > 0n ? Number((span + size - 1n) / size) : 0;
  }

  at(index: number): bigint {
    return this.start + BigInt(index) * this.step;
  }
}

/** What dict.items(), keys() and values() give. */
export class View {
  readonly kind: 'dict_items' | 'dict_keys' | 'dict_values';
  readonly items: readonly Value[];

  constructor(kind: 'dict_items' | 'dict_keys' | 'dict_values', items: readonly Value[]) {
    this.kind = kind;
    this.items = items;
  }
}

/** A generator: it can be gone through once. */
export class Lazy {
  readonly #items: Iterator<Value>;

  constructor(items: Iterable<Value>) {
    this.#items = items[Symbol.iterator]();
  }

  *rest(): Generator<Value> {
    for (let next = this.#items.next(); next.done !== true; next = this.#items.next()) yield next.value;
  }
}

export class Namespace {
  readonly attributes = new Map<string, Value>();
}

export type Named = ReadonlyMap<string, Value>;

export class Callable {
  readonly name: string;
  readonly call: (args: readonly Value[], named: Named) => Value;

  constructor(name: string, call: (args: readonly Value[], named: Named) => Value) {
    this.name = name;
    this.call = call;
  }
}

/** The variable `loop`. */
export class Loop {
  index = 0;
  changedFrom: Value[] | undefined;

  readonly items: readonly Value[];

  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** Keys that are used in templates: others would need Python's hashes. */
type Key = string | bigint | null;

export class Dict {
  readonly #entries = new Map<Key, Value>();

  constructor(entries: Iterable<readonly [Value, Value]> = []) {
    for (const [key, value] of entries) this.#entries.set(keyOf(key), value);
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Value): Value | undefined {
    if (typeof key === 'string') return this.#entries.get(key);
    const isKey =
      key === null || typeof key === 'bigint' || typeof key === 'boolean' || Number.isInteger(key);
    return isKey ? this.#entries.get(keyOf(key)) : undefined;
  }

  keys(): Value[] {
    return [...this.#entries.keys()];
  }

  values(): Value[] {
    return [...this.#entries.values()];
  }

  entries(): [Value, Value][] {
    return [...this.#entries];
  }
}

function keyOf(key: Value): Key {
  if (typeof key === 'string' || typeof key === 'bigint' || key === null) return key;
  throw new UnsupportedTemplate(`a dict with a key that is a ${typeName(key)}`);
}

export function typeName(value: Value): string {
  if (value === null) return 'NoneType';
  switch (typeof value) {
    case 'boolean':
      return 'bool';
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
      return 'str';
    default:
  }
  if (Array.isArray(value)) return 'list';
  if (value instanceof View) return value.kind;
  return NAMES.get(value.constructor) ?? 'object';
}

const NAMES = new Map<unknown, string>([
  [Tuple, 'tuple'],
  [Dict, 'dict'],
  [Undefined, 'Undefined'],
  [SafeText, 'Markup'],
  [Range, 'range'],
  [Lazy, 'generator'],
  [Namespace, 'Namespace'],
  [Callable, 'function'],
  [Loop, 'LoopContext'],
]);

/** Python's bool(). */
export function isTrue(value: Value): boolean {
  if (value === null || value instanceof Undefined) return false;
  if (typeof value === 'object') {
    if (Array.isArray(value)) return value.length > 0;
    if (value instanceof Tuple || value instanceof View) return value.items.length > 0;
    if (value instanceof Dict) return value.size > 0;
    if (value instanceof SafeText) return value.text !== '';
    if (value instanceof Range || value instanceof Loop) return sizeOf(value) > 0;
    return true;
  }
  return Boolean(value);
}

/** Python's len(). */
export function sizeOf(value: Value): number {
  if (typeof value === 'string') return lengthOf(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof Tuple || value instanceof View || value instanceof Loop) return value.items.length;
  if (value instanceof Dict) return value.size;
  if (value instanceof Range) return value.length;
  if (value instanceof SafeText) return lengthOf(value.text);
  if (value instanceof Undefined) return 0;
  throw new TemplateError(`a ${typeName(value)} has no length`);
}

/** Python's iter(). */
export function iterate(value: Value): Iterable<Value> {
  const items = iterableOf(value);
  if (items !== undefined) return items;
  throw new TemplateError(`a ${typeName(value)} cannot be gone through`);
}

export function iterableOf(value: Value): Iterable<Value> | undefined {
  if (typeof value === 'string') return characters(value);
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple || value instanceof View) return value.items;
  if (value instanceof Dict) return value.keys();
  if (value instanceof Range) return Array.from({length: value.length}, (_, index) => value.at(index));
  if (value instanceof Lazy) return value.rest();
  if (value instanceof SafeText) return characters(value.text);
  if (value instanceof Undefined) return [];
  if (value instanceof Loop) throw new UnsupportedTemplate('to go through loop itself');
  return undefined;
}

/** Fails as whatever is done with an undefined value does. */
export function requireDefined(value: Value): void {
  if (value instanceof Undefined) throw new TemplateError(value.what);
}

type Numeric = bigint | number;

/** Numbers, True and False among them; undefined for everything else. */
export function numeric(value: Value): Numeric | undefined {
  if (typeof value === 'boolean') return value ? 1n : 0n;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}
