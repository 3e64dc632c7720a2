/** Jinja's filters, and transformers' own `tojson`. */
import {bind, intArgument, textArgument} from './arguments.js';
import {operate} from './arithmetic.js';
import {attributeAlone, subscriptOf} from './attributes.js';
import {TemplateError} from './errors.js';
import {dumps} from './json.js';
import {absolute, floatOf, intOf, rounded} from './numbers.js';
import {fixed, formatted} from './printf.js';
import {str} from './show.js';
import {justified} from './string-methods.js';
import {isTest, testNames} from './tests.js';
import {capitalized, characters, linesOf, replaced, stripped, wordCount} from './text.js';
import {
  areEqual,
  compare,
  Dict,
  isTrue,
  iterate,
  Lazy,
  type Named,
  SafeText,
  sizeOf,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from './values.js';

type Bound = readonly (Value | undefined)[];
type Filter = (value: Value, args: readonly Value[], named: Named) => Value;

/** A filter with parameters of these names; the first `required` must be given. */
const filter =
  (parameters: readonly string[], required: number, apply: (value: Value, bound: Bound) => Value): Filter =>
  (value, args, named) =>
    apply(value, bind('a filter', parameters, required, args, named));

const plain = (apply: (value: Value) => Value): Filter => filter([], 0, apply);

/** A filter of texts: other values are made one. What was safe to print stays so. */
const ofText = (value: Value, apply: (text: string) => string): Value =>
  value instanceof SafeText ? new SafeText(apply(value.text)) : apply(str(value));

const isSet = (value: Value | undefined): boolean => value !== undefined && isTrue(value);

const withoutCase = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

/** A way into an item, such as `function.name` or `0`. */
function pathTo(attribute: Value | undefined): (item: Value) => Value {
  if (attribute === undefined || attribute === null) return (item) => item;
  const keys: Value[] =
    typeof attribute === 'string'
      ? attribute.split('.').map((part) => (/^\p{Nd}+$/u.test(part) ? BigInt(part) : part))
      : [attribute];
  return (item) => keys.reduce((inner, key) => subscriptOf(inner, key), item);
}

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

/** select, reject, selectattr and rejectattr. */
const choose =
  (isWanted: boolean, byAttribute: boolean): Filter =>
  (value, args, named) => {
    if (byAttribute && args.length === 0) throw new TemplateError('a filter needs the name of an attribute');
    const reach = byAttribute ? pathTo(args[0]) : (item: Value) => item;
    const [test, ...others] = byAttribute ? args.slice(1) : args;
    const name = test === undefined ? undefined : textArgument('a filter', test);
    if (name !== undefined && !testNames.has(name)) throw new TemplateError(`there is no test ${name}`);
    const holds = (item: Value): boolean =>
      name === undefined ? isTrue(reach(item)) : isTest(name, reach(item), others, named);
    return new Lazy(isTrue(value) ? chosen(iterate(value), (item) => holds(item) === isWanted) : []);
  };

function* chosen(items: Iterable<Value>, isWanted: (item: Value) => boolean): Generator<Value> {
  for (const item of items) if (isWanted(item)) yield item;
}

const map: Filter = (value, args, named) => {
  if (args.length === 0 && named.has('attribute')) {
    const [attribute, fallback = null] = bind('map', ['attribute', 'default'], 1, [], named);
    const reach = pathTo(attribute);
    return new Lazy(mapped(value, (item) => withDefault(reach(item), fallback)));
  }
  const [name, ...others] = args;
  const inner = filterOf(textArgument('map', name));
  return new Lazy(mapped(value, (item) => inner(item, others, named)));
};

const withDefault = (value: Value, fallback: Value): Value =>
  value instanceof Undefined && fallback !== null ? fallback : value;

function* mapped(value: Value, apply: (item: Value) => Value): Generator<Value> {
  if (isTrue(value)) for (const item of iterate(value)) yield apply(item);
}

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

const indent = filter(['width', 'first', 'blank'], 0, (value, [width = 4n, first, blank]) => {
  if (typeof value !== 'string' && !(value instanceof SafeText))
    throw new TemplateError(`indent of a ${typeName(value)}`);
  const by = typeof width === 'string' ? width : ' '.repeat(Math.max(0, intArgument('indent', width, 4)));
  return ofText(value, (text) => {
    const [head = '', ...lines] = linesOf(`${text}\n`);
    const rest = lines.map((line) => (isSet(blank) || line !== '' ? by + line : line));
    return (isSet(first) ? by : '') + [head, ...rest].join('\n');
  });
});

const join = filter(['d', 'attribute'], 0, (value, [separator = '', attribute]) => {
  const reach = pathTo(attribute);
  return Array.from(iterate(value), (item) => str(reach(item))).join(str(separator));
});

const tojson = filter(
  ['ensure_ascii', 'indent', 'separators', 'sort_keys'],
  0,
  (value, [ensureAscii, width, separators, sortKeys]) => {
    const isWide = width !== undefined && width !== null;
    const [item = isWide ? ',' : ', ', key = ': '] =
      separators === undefined || separators === null
        ? []
        : Array.from(iterate(separators), (each) => textArgument('separators', each));
    return dumps(value, {
      ensureAscii: isSet(ensureAscii),
      indent: !isWide
        ? undefined
        : typeof width === 'string'
          ? width
          : ' '.repeat(Math.max(0, intArgument('indent', width, 0))),
      itemSeparator: item,
      keySeparator: key,
      sortKeys: isSet(sortKeys),
    });
  },
);

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

const format: Filter = (value, args, named) => {
  if (args.length > 0 && named.size > 0)
    throw new TemplateError('format takes values by place or by name, not both');
  return formatted(str(value), named.size > 0 ? new Dict(named) : new Tuple(args));
};

const escaped = (text: string): SafeText =>
  new SafeText(
    text
      .replaceAll('&', '&amp;')
      .replaceAll('>', '&gt;')
      .replaceAll('<', '&lt;')
      .replaceAll("'", '&#39;')
      .replaceAll('"', '&#34;'),
  );
const escapeText = plain((value) => (value instanceof SafeText ? value : escaped(str(value))));

const fallBack = filter(['default_value', 'boolean'], 0, (value, [fallback = '', boolean]) =>
  value instanceof Undefined || (isSet(boolean) && !isTrue(value)) ? fallback : value,
);

const lengthOf = plain((value) => BigInt(sizeOf(value)));

const batch = filter(['linecount', 'fill_with'], 1, (value, [count, fill = null]) => {
  const size = intArgument('batch', count, 1);
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
  const slices = intArgument('slice', count, 1);
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

/** The first letter of what follows white space, a hyphen or an opening bracket; not what the method title does. */
const title = (text: string): string =>
  text
    .split(/([-\s({[<]+)/u)
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', ...rest] = characters(part);
      return head.toUpperCase() + rest.join('').toLowerCase();
    })
    .join('');

const items = plain((value) => {
  if (value instanceof Undefined) return new Lazy([]);
  if (!(value instanceof Dict)) throw new TemplateError(`items of a ${typeName(value)}`);
  return new Lazy(value.entries().map((entry) => new Tuple(entry)));
});

const filters: Readonly<Record<string, Filter>> = {
  abs: plain(absolute),
  attr: filter(['name'], 1, (value, [name]) => attributeAlone(value, textArgument('attr', name))),
  batch,
  capitalize: plain((value) => ofText(value, capitalized)),
  center: filter(['width'], 0, (value, [width]) =>
    ofText(value, (text) => justified(text, intArgument('center', width, 80), ' ', 'center')),
  ),
  count: lengthOf,
  d: fallBack,
  default: fallBack,
  dictsort,
  e: escapeText,
  escape: escapeText,
  first: plain(first),
  float: filter(['default'], 0, (value, [fallback = 0]) => floatOf(value) ?? fallback),
  forceescape: plain((value) => escaped(str(value))),
  format,
  indent,
  int: filter(
    ['default', 'base'],
    0,
    (value, [fallback = 0n, base]) => intOf(value, intArgument('int', base, 10)) ?? fallback,
  ),
  items,
  join,
  last: plain(ends),
  length: lengthOf,
  list: plain((value) => [...iterate(value)]),
  lower: plain((value) => ofText(value, (text) => text.toLowerCase())),
  map,
  max: extreme(-1),
  min: extreme(1),
  reject: choose(false, false),
  rejectattr: choose(false, true),
  replace: filter(['old', 'new', 'count'], 2, (value, [old = '', by = '', count = null]) =>
    replaced(str(value), str(old), str(by), count === null ? -1 : intArgument('replace', count, -1)),
  ),
  reverse,
  round: filter(['precision', 'method'], 0, (value, [precision, method = 'common']) =>
    rounded(value, intArgument('round', precision, 0), textArgument('round', method), fixed),
  ),
  safe: plain((value) => (value instanceof SafeText ? value : new SafeText(str(value)))),
  select: choose(true, false),
  selectattr: choose(true, true),
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
  string: plain((value) => (value instanceof SafeText ? value : str(value))),
  sum,
  title: plain((value) => ofText(value, title)),
  tojson,
  trim: filter(['chars'], 0, (value, [chars = null]) =>
    ofText(value, (text) => stripped(text, chars === null ? undefined : textArgument('trim', chars))),
  ),
  unique: filter(
    ['case_sensitive', 'attribute'],
    0,
    (value, [caseSensitive, attribute]) => new Lazy(unique(iterate(value), keyOf(attribute, caseSensitive))),
  ),
  upper: plain((value) => ofText(value, (text) => text.toUpperCase())),
  wordcount: plain((value) => BigInt(wordCount(str(value)))),
};

export const filterNames: ReadonlySet<string> = new Set(Object.keys(filters));

/** The filter of a name. */
export function filterOf(name: string): Filter {
  const found = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (found === undefined) throw new TemplateError(`there is no filter ${name}`);
  return found;
}
