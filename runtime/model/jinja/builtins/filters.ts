/** Jinja's filters by name: those of one value, those that choose by another filter or test, and transformers' own `tojson`. */

import {TemplateError} from '../errors.js';
import {dumps} from '../values/json.js';
import {absolute, floatOf, intOf, rounded} from '../values/numbers.js';
import {fixed, formatted} from '../values/printf.js';
import {str} from '../values/show.js';
import {capitalized, characters, linesOf, replaced, stripped, wordCount} from '../values/text.js';
import {
  Dict,
  isTrue,
  iterate,
  Lazy,
  SafeText,
  Tuple,
  typeName,
  Undefined,
  type Value,
} from '../values/values.js';
import {bind, intArgument, textArgument} from './arguments.js';
import {attributeAlone} from './attributes.js';
import {type Filter, filter, isSet, ofText, pathTo, plain} from './filter.js';
import {sequenceFilters} from './sequence-filters.js';
import {justified} from './string-methods.js';
import {isTest, testNames} from './tests.js';

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

const filters: Readonly<Record<string, Filter>> = {
  ...sequenceFilters,
  abs: plain(absolute),
  attr: filter(['name'], 1, (value, [name]) => attributeAlone(value, textArgument('attr', name))),
  capitalize: plain((value) => ofText(value, capitalized)),
  center: filter(['width'], 0, (value, [width]) =>
    ofText(value, (text) => justified(text, intArgument('center', width, 80), ' ', 'center')),
  ),
  d: fallBack,
  default: fallBack,
  e: escapeText,
  escape: escapeText,
  float: filter(['default'], 0, (value, [fallback = 0]) => floatOf(value) ?? fallback),
  forceescape: plain((value) => escaped(str(value))),
  format,
  indent,
  int: filter(
    ['default', 'base'],
    0,
    (value, [fallback = 0n, base]) => intOf(value, intArgument('int', base, 10)) ?? fallback,
  ),
  lower: plain((value) => ofText(value, (text) => text.toLowerCase())),
  map,
  reject: choose(false, false),
  rejectattr: choose(false, true),
  replace: filter(['old', 'new', 'count'], 2, (value, [old = '', by = '', count = null]) =>
    replaced(str(value), str(old), str(by), count === null ? -1 : intArgument('replace', count, -1)),
  ),
  round: filter(['precision', 'method'], 0, (value, [precision, method = 'common']) =>
    rounded(value, intArgument('round', precision, 0), textArgument('round', method), fixed),
  ),
  safe: plain((value) => (value instanceof SafeText ? value : new SafeText(str(value)))),
  select: choose(true, false),
  selectattr: choose(true, true),
  string: plain((value) => (value instanceof SafeText ? value : str(value))),
  title: plain((value) => ofText(value, title)),
  tojson,
  trim: filter(['chars'], 0, (value, [chars = null]) =>
    ofText(value, (text) => stripped(text, chars === null ? undefined : textArgument('trim', chars))),
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
