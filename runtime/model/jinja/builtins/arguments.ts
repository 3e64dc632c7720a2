/** Arguments of a call, put to the names of what is called. */
import {TemplateError} from '../errors.js';
import {type Named, typeName, type Value} from '../values/values.js';

/** The values of `parameters` in order, undefined where none was given; the first `required` must be. */
export function bind(
  callee: string,
  parameters: readonly string[],
  required: number,
  args: readonly Value[],
  named: Named,
): (Value | undefined)[] {
  if (args.length > parameters.length)
    throw new TemplateError(`${callee} takes ${parameters.length} arguments and was given ${args.length}`);
  const bound: (Value | undefined)[] = parameters.map((_, index) => args[index]);
  for (const [name, value] of named) {
    const index = parameters.indexOf(name);
    if (index === -1) throw new TemplateError(`${callee} takes no argument ${name}`);
    if (bound[index] !== undefined) throw new TemplateError(`${callee} was given ${name} twice`);
    bound[index] = value;
  }
  const missing = parameters.find((_, index) => index < required && bound[index] === undefined);
  if (missing !== undefined) throw new TemplateError(`${callee} needs ${missing}`);
  return bound;
}

export function textArgument(callee: string, value: Value | undefined): string {
  if (typeof value === 'string') return value;
  throw new TemplateError(`${callee} takes a text, not a ${typeName(value ?? null)}`);
}

/** An int; True and False count as 1 and 0. */
export function intArgument(callee: string, value: Value | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'boolean') return value ? 1 : 0;
  throw new TemplateError(`${callee} takes a whole number, not a ${typeName(value)}`);
}
