/** The functions that transformers gives a template. */

import {TemplateError} from '../errors.js';
import {str} from '../values/show.js';
import {Callable, Dict, iterate, Namespace, Range, typeName, type Value} from '../values/values.js';
import {bind, intArgument, textArgument} from './arguments.js';
import {strftime} from './strftime.js';

/** As Jinja's sandbox has it. */
const MAX_RANGE = 100_000;

/** @param now what `strftime_now` writes. */
export const globals = (now: () => Date): ReadonlyMap<string, Value> =>
  new Map(
    [
      range,
      dict,
      namespace,
      raiseException,
      new Callable('strftime_now', (args, named) => {
        const [format] = bind('strftime_now', ['format'], 1, args, named);
        return strftime(now(), textArgument('strftime_now', format));
      }),
    ].map((each) => [each.name, each]),
  );

const range = new Callable('range', (args, named) => {
  const [first, second, third] = bind('range', ['start', 'stop', 'step'], 1, args, named);
  const int = (value: Value | undefined, fallback: number) => BigInt(intArgument('range', value, fallback));
  const step = int(third, 1);
  if (step === 0n) throw new TemplateError('range has no step of 0');
  const whole =
    second === undefined
      ? new Range(0n, int(first, 0), step)
      : new Range(int(first, 0), int(second, 0), step);
  if (whole.length > MAX_RANGE)
    throw new TemplateError(`range is too big; a template may have ${MAX_RANGE} numbers`);
  return whole;
});

const dict = new Callable('dict', (args, named) => {
  const [from] = bind('dict', ['from'], 0, args, new Map());
  return new Dict([...(from === undefined ? [] : pairsOf(from)), ...named]);
});

function pairsOf(value: Value): [Value, Value][] {
  if (value instanceof Dict) return value.entries();
  return Array.from(iterate(value), (pair) => {
    const [key, item, ...others] = iterate(pair);
    if (key === undefined || item === undefined || others.length > 0)
      throw new TemplateError('dict takes pairs of a key and a value');
    return [key, item];
  });
}

const namespace = new Callable('namespace', (args, named) => {
  const space = new Namespace();
  const [from] = bind('namespace', ['from'], 0, args, new Map());
  for (const [name, value] of [...(from === undefined ? [] : pairsOf(from)), ...named])
    put(space, str(name), value);
  return space;
});

/** @throws TemplateError for a name that transformers keeps to itself. */
export function put(space: Value, name: string, value: Value): void {
  if (!(space instanceof Namespace)) throw new TemplateError(`a ${typeName(space)} is no namespace`);
  if (name.startsWith('_')) throw new TemplateError(`${name}: a namespace takes no name that begins with _`);
  space.attributes.set(name, value);
}

const raiseException = new Callable('raise_exception', (args, named) => {
  const [message = ''] = bind('raise_exception', ['message'], 1, args, named);
  throw new TemplateError(str(message));
});
