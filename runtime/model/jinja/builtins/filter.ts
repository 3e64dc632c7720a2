/** How a filter is written: its parameters, and what many filters share. */

import {str} from '../values/show.js';
import {isTrue, type Named, SafeText, type Value} from '../values/values.js';
import {bind} from './arguments.js';
import {subscriptOf} from './attributes.js';

type Bound = readonly (Value | undefined)[];
export type Filter = (value: Value, args: readonly Value[], named: Named) => Value;

/** A filter with parameters of these names; the first `required` must be given. */
export const filter =
  (parameters: readonly string[], required: number, apply: (value: Value, bound: Bound) => Value): Filter =>
  (value, args, named) =>
    apply(value, bind('a filter', parameters, required, args, named));

export const plain = (apply: (value: Value) => Value): Filter => filter([], 0, apply);

/** A filter of texts: other values are made one. What was safe to print stays so. */
export const ofText = (value: Value, apply: (text: string) => string): Value =>
  value instanceof SafeText ? new SafeText(apply(value.text)) : apply(str(value));

export const isSet = (value: Value | undefined): boolean => value !== undefined && isTrue(value);

export const withoutCase = (value: Value): Value => (typeof value === 'string' ? value.toLowerCase() : value);

/** A way into an item, such as `function.name` or `0`. */
export function pathTo(attribute: Value | undefined): (item: Value) => Value {
  if (attribute === undefined || attribute === null) return (item) => item;
  const keys: Value[] =
    typeof attribute === 'string'
      ? attribute.split('.').map((part) => (/^\p{Nd}+$/u.test(part) ? BigInt(part) : part))
      : [attribute];
  return (item) => keys.reduce((inner, key) => subscriptOf(inner, key), item);
}
