/** Jinja's filters of lists and other values that can be gone through. */

import {TemplateError, UnsupportedTemplate} from '../errors.js';
import {operate} from '../values/arithmetic.js';
import {areEqual, compare} from '../values/comparison.js';
import {str} from '../values/show.js';
import {characters} from '../values/text.js';
import {Dict, iterate, Lazy, sizeOf, Tuple, typeName, Undefined, type Value} from '../values/values.js';
import {intArgument} from './arguments.js';
import {type Filter, filter, isSet, pathTo, plain, withoutCase} from './filter.js';

/** What is compared when items are sorted or told apart. */
const keyOf = (attribute: Value | undefined, caseSensitive: Value | undefined): ((item: Value) => Value) => {
  const reach = pathTo(attribute);
  return isSet(caseSensitive) ? reach : (item) => withoutCase(reach(item));
};

const sorted = (items: Iterable<Value>, key: (item: Value) => Value, reverse: boolean): Value[] =>
  [...items]
    .map((item) => ({item, key: key(item)}))
    .sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)))
    .map(({item}) => item);

const extreme = (sign: 1 | -1): Filter =>
  filter(['case_sensitive', 'attribute'], 0, (value, [caseSensitive, attribute]) => {
    const key = keyOf(attribute, caseSensitive);
    let best: Value | undefined;
    for (const item of iterate(value))
      if (best === undefined || sign * compare(key(item), key(best)) < 0) best = item;
    return best === undefined ? new Undefined('no item to choose from') : best;
  });

function* unique(items: Iterable<Value>, key: (item: Value) => Value): Generator<Value> {
  const seen: Value[] = [];
  for (const item of items) {
    const its = key(item);
    if (Array.isArray(its) || its instanceof Dict) throw new TemplateError(`a ${typeName(its)} is no key`);
    if (seen.some((each) => areEqual(each, its))) continue;
    seen.push(its);
    yield item;
  }
}

const dictsort = filter(
  ['case_sensitive', 'by', 'reverse'],
  0,
  (value, [caseSensitive, by = 'key', reverse]) => {
    if (!(value instanceof Dict)) throw new TemplateError(`dictsort of a ${typeName(value)}`);
    if (by !== 'key' && by !== 'value') throw new TemplateError('dictsort is by key or by value');
    const place = by === 'key' ? 0 : 1;
    const key = (item: Value): Value => {
      const its = (item as Tuple).items[place] as Value;
      return isSet(caseSensitive) ? its : withoutCase(its);
    };
    return sorted(
      value.entries().map((entry) => new Tuple(entry)),
      key,
      isSet(reverse),
    );
  },
);

const join = filter(['d', 'attribute'], 0, (value, [separator = '', attribute]) => {
  const reach = pathTo(attribute);
  return Array.from(iterate(value), (item) => str(reach(item))).join(str(separator));
});

const ends = (value: Value): Value => {
  if (value instanceof Lazy) throw new TemplateError('a generator has no end to begin at');
  return (
    [...iterate(value)].at(-1) ??
    (sizeOf(value) === 0 ? new Undefined('no last item, the sequence was empty') : null)
  );
};

const first = (value: Value): Value => {
  for (const item of iterate(value)) return item;
  return new Undefined('no first item, the sequence was empty');
};

const sum = filter(['attribute', 'start'], 0, (value, [attribute, start = 0n]) => {
  const reach = pathTo(attribute);
  let total = start;
  for (const item of iterate(value)) total = operate('+', total, reach(item));
  return total;
});

const lengthOf = plain((value) => BigInt(sizeOf(value)));

/** More is filled up with nothing, and would fill the memory. */
const MOST_PARTS = 100_000;

const partsArgument = (callee: string, value: Value | undefined): number => {
  const parts = intArgument(callee, value, 1);
  if (parts > MOST_PARTS) throw new UnsupportedTemplate(`${callee} by more than ${MOST_PARTS}`);
  return parts;
};

const batch = filter(['linecount', 'fill_with'], 1, (value, [count, fill = null]) => {
  const size = partsArgument('batch', count);
  const rows: Value[][] = [];
  for (const item of iterate(value)) {
    const last = rows.at(-1);
    if (last === undefined || last.length === size) rows.push([item]);
    else last.push(item);
  }
  const last = rows.at(-1);
  if (fill !== null) while (last !== undefined && last.length < size) last.push(fill);
  return new Lazy(rows);
});

const slice = filter(['slices', 'fill_with'], 1, (value, [count, fill = null]) => {
  const items = [...iterate(value)];
  const slices = partsArgument('slice', count);
  if (slices < 1) throw new TemplateError('slice into no parts');
  const size = Math.floor(items.length / slices);
  const larger = items.length % slices;
  let start = 0;
  const parts = Array.from({length: slices}, (_, index) => {
    const part = items.slice(start, start + size + (index < larger ? 1 : 0));
    start += part.length;
    if (fill !== null && index >= larger) part.push(fill);
    return part;
  });
  return new Lazy(parts);
});

const reverse = plain((value) => {
  if (typeof value === 'string') return characters(value).reverse().join('');
  const items = [...iterate(value)].reverse();
  return value instanceof Lazy ? items : new Lazy(items);
});

const items = plain((value) => {
  if (value instanceof Undefined) return new Lazy([]);
  if (!(value instanceof Dict)) throw new TemplateError(`items of a ${typeName(value)}`);
  return new Lazy(value.entries().map((entry) => new Tuple(entry)));
});

/** By name. */
export const sequenceFilters: Readonly<Record<string, Filter>> = {
  batch,
  count: lengthOf,
  dictsort,
  first: plain(first),
  items,
  join,
  last: plain(ends),
  length: lengthOf,
  list: plain((value) => [...iterate(value)]),
  max: extreme(-1),
  min: extreme(1),
  reverse,
  slice,
  sort: filter(
    ['reverse', 'case_sensitive', 'attribute'],
    0,
    (value, [isReversed, caseSensitive, attribute]) => {
      const paths = typeof attribute === 'string' ? attribute.split(',') : [attribute];
      const keys = paths.map((path) => keyOf(path, caseSensitive));
      return sorted(iterate(value), (item) => keys.map((key) => key(item)), isSet(isReversed));
    },
  ),
  sum,
  unique: filter(
    ['case_sensitive', 'attribute'],
    0,
    (value, [caseSensitive, attribute]) => new Lazy(unique(iterate(value), keyOf(attribute, caseSensitive))),
  ),
};
