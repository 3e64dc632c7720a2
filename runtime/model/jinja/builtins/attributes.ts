/** What stands after a dot or in brackets: attributes and methods, items and slices, by the rules of Jinja's sandbox. */

import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {areEqual} from '../values/comparison.js';
import {repr} from '../values/show.js';
import {characters} from '../values/text.js';
import {
  Callable,
  Dict,
  Loop,
  type Named,
  Namespace,
  Range,
  requireDefined,
  SafeText,
  Tuple,
  typeName,
  Undefined,
  type Value,
  View,
} from '../values/values.js';
import {bind, intArgument} from './arguments.js';
import {otherStringMethods, stringMethods} from './string-methods.js';

/** What changes a list or a dict; the sandbox allows none of it. */
const CHANGES: ReadonlySet<string> = new Set(
  'append clear extend insert pop popitem remove reverse setdefault sort update'.split(' '),
);
/** Attributes that Python's other values have. */
const OTHERS: Readonly<Record<string, ReadonlySet<string>>> = {
  int: new Set(
    'as_integer_ratio bit_count bit_length conjugate denominator from_bytes imag numerator real to_bytes'.split(
      ' ',
    ),
  ),
  float: new Set('as_integer_ratio conjugate fromhex hex imag is_integer real'.split(' ')),
  dict: new Set(['fromkeys']),
  dict_items: new Set(['isdisjoint', 'mapping']),
  dict_keys: new Set(['isdisjoint', 'mapping']),
  dict_values: new Set(['mapping']),
  generator: new Set(['close', 'gi_code', 'gi_frame', 'gi_running', 'gi_yieldfrom', 'send', 'throw']),
  range: new Set(['count', 'index']),
  function: new Set(['arguments', 'caller', 'catch_kwargs', 'catch_varargs', 'explicit_caller']),
};

const nothing = (object: Value, name: string): Undefined =>
  new Undefined(`${object === null ? 'None' : `a ${typeName(object)}`} has no ${name}`);

/** `object.name`: the attribute, else the item. */
export function attributeOf(object: Value, name: string): Value {
  requireDefined(object);
  return found(ownAttribute(object, name), () => found(itemOf(object, name), () => nothing(object, name)));
}

/** None is a value as well. */
const found = (value: Value | undefined, otherwise: () => Value): Value =>
  value === undefined ? otherwise() : value;

/** `object[key]`: the item, else the attribute. */
export function subscriptOf(object: Value, key: Value): Value {
  requireDefined(object);
  const item = itemOf(object, key);
  if (item !== undefined) return item;
  const attribute = typeof key === 'string' ? ownAttribute(object, key) : undefined;
  return found(attribute, () => nothing(object, key instanceof Undefined ? 'such item' : repr(key)));
}

/** The attribute alone, as the filter `attr` gives it. */
export const attributeAlone = (object: Value, name: string): Value => {
  requireDefined(object);
  return found(ownAttribute(object, name), () => nothing(object, name));
};

function itemOf(object: Value, key: Value): Value | undefined {
  if (object instanceof Dict) return object.get(key);
  if (object instanceof Loop || object instanceof Namespace) return undefined;
  const index = typeof key === 'boolean' ? Number(key) : typeof key === 'bigint' ? Number(key) : undefined;
  if (index === undefined) return undefined;
  if (typeof object === 'string')
    return (/[\ud800-\udbff]/.test(object) ? characters(object) : object).at(index);
  if (Array.isArray(object)) return object.at(index);
  if (object instanceof Tuple) return object.items.at(index);
  if (object instanceof Range) {
    const place = index < 0 ? index + object.length : index;
    return place >= 0 && place < object.length ? object.at(place) : undefined;
  }
  if (object instanceof SafeText)
    throw new UnsupportedTemplate('a part of what the filters safe and escape give');
  return undefined;
}

function ownAttribute(object: Value, name: string): Value | undefined {
  if (typeof object === 'string') {
    const method = stringMethods.get(name);
    if (method !== undefined) return new Callable(name, (args, named) => method(object, args, named));
    if (otherStringMethods.has(name)) throw new UnsupportedTemplate(`the method ${name} of a text`);
  }
  if (object instanceof SafeText)
    throw new UnsupportedTemplate('a method of what the filters safe and escape give');
  if (name.startsWith('__'))
    return object instanceof Dict && object.get(name) !== undefined ? undefined : unsafe(name);
  if (object instanceof Dict) return dictAttribute(object, name);
  if (Array.isArray(object) || object instanceof Tuple) return sequenceAttribute(object, name);
  if (object instanceof Namespace) return object.attributes.get(name);
  if (object instanceof Loop) return loopAttribute(object, name);
  if (object instanceof Callable && name === 'name') return object.name;
  if (object instanceof Range && (name === 'start' || name === 'stop' || name === 'step'))
    return object[name];
  if (OTHERS[typeof object === 'boolean' ? 'int' : typeName(object)]?.has(name))
    throw new UnsupportedTemplate(`the attribute ${name} of a ${typeName(object)}`);
  return undefined;
}

const unsafe = (name: string): Undefined =>
  new Undefined(`the attribute ${name} may not be reached from a template`);

function dictAttribute(dict: Dict, name: string): Value | undefined {
  if (CHANGES.has(name) && !['append', 'extend', 'insert', 'remove', 'reverse', 'sort'].includes(name))
    return unsafe(name);
  const none = (make: () => Value): Callable =>
    new Callable(name, (args, named) => {
      bind(name, [], 0, args, named);
      return make();
    });
  switch (name) {
    case 'get':
      return new Callable(name, (args, named) => {
        const [key = null, fallback = null] = bind(name, ['key', 'default'], 1, args, named);
        return found(dict.get(key), () => fallback);
      });
    case 'items':
      return none(
        () =>
          new View(
            'dict_items',
            dict.entries().map((entry) => new Tuple(entry)),
          ),
      );
    case 'keys':
      return none(() => new View('dict_keys', dict.keys()));
    case 'values':
      return none(() => new View('dict_values', dict.values()));
    case 'copy':
      return none(() => new Dict(dict.entries()));
    case 'fromkeys':
      throw new UnsupportedTemplate('the method fromkeys of a dict');
    default:
      return undefined;
  }
}

function sequenceAttribute(sequence: Value[] | Tuple, name: string): Value | undefined {
  const items = sequence instanceof Tuple ? sequence.items : sequence;
  const isList = Array.isArray(sequence);
  if (isList && CHANGES.has(name) && !['popitem', 'setdefault', 'update'].includes(name)) return unsafe(name);
  const count = (args: readonly Value[], named: Named): Value => {
    const [value = null] = bind(name, ['value'], 1, args, named);
    return BigInt(items.filter((each) => areEqual(each, value)).length);
  };
  const index = (args: readonly Value[], named: Named): Value => {
    const [value = null, start, stop] = bind(name, ['value', 'start', 'stop'], 1, args, named);
    if (start !== undefined || stop !== undefined)
      throw new UnsupportedTemplate('index within a part of a list');
    const place = items.findIndex((each) => areEqual(each, value));
    if (place === -1) throw new TemplateError('a value that is not in the list');
    return BigInt(place);
  };
  if (name === 'count') return new Callable(name, count);
  if (name === 'index') return new Callable(name, index);
  if (name === 'copy' && isList) return new Callable(name, () => [...items]);
  return undefined;
}

function loopAttribute(loop: Loop, name: string): Value | undefined {
  const {items, index} = loop;
  const int = (value: number): bigint => BigInt(value);
  switch (name) {
    case 'index':
      return int(index + 1);
    case 'index0':
      return int(index);
    case 'revindex':
      return int(items.length - index);
    case 'revindex0':
      return int(items.length - index - 1);
    case 'first':
      return index === 0;
    case 'last':
      return index === items.length - 1;
    case 'length':
      return int(items.length);
    case 'depth':
      return 1n;
    case 'depth0':
      return 0n;
    case 'previtem':
      return items[index - 1] ?? (index === 0 ? new Undefined('there is no previous item') : null);
    case 'nextitem':
      return items[index + 1] ?? (index === items.length - 1 ? new Undefined('there is no next item') : null);
    case 'cycle':
      return new Callable(name, (args) => {
        if (args.length === 0) throw new TemplateError('no items for cycling given');
        return args[index % args.length] as Value;
      });
    case 'changed':
      return new Callable(name, (args) => {
        const before = loop.changedFrom;
        loop.changedFrom = [...args];
        return before === undefined || !areEqual(before, loop.changedFrom);
      });
    default:
      return undefined;
  }
}

/** `object[start:stop:step]`. */
export function sliceOf(object: Value, bounds: readonly (Value | undefined)[]): Value {
  requireDefined(object);
  const [start, stop, step] = bounds.map((bound) =>
    bound === undefined || bound === null ? undefined : intArgument('a slice', bound, 0),
  );
  if (step === 0) throw new TemplateError('a slice has no step of 0');
  const cut = <T>(items: readonly T[]): T[] => {
    const by = step ?? 1;
    const [low, high] = by > 0 ? [0, items.length] : [-1, items.length - 1];
    const place = (bound: number | undefined, fallback: number): number => {
      if (bound === undefined) return fallback;
      return Math.min(high, Math.max(low, bound < 0 ? bound + items.length : bound));
    };
    const [from, to] = by > 0 ? [place(start, 0), place(stop, high)] : [place(start, high), place(stop, -1)];
    const taken: T[] = [];
    for (let index = from; by > 0 ? index < to : index > to; index += by) taken.push(items[index] as T);
    return taken;
  };
  if (typeof object === 'string') return cut(characters(object)).join('');
  if (Array.isArray(object)) return cut(object);
  if (object instanceof Tuple) return new Tuple(cut(object.items));
  if (object instanceof Range || object instanceof SafeText)
    throw new UnsupportedTemplate(`a slice of a ${typeName(object)}`);
  throw new TemplateError(`a ${typeName(object)} cannot be sliced`);
}
