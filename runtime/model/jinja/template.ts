/**
 * Chat templates, rendered as transformers renders them: Jinja with its sandbox, `trim_blocks`, `lstrip_blocks`, loop
 * controls and `{% generation %}`, and Python's values, texts and numbers.
 *
 * What this program does not render as Jinja would is refused by name; nothing is rendered otherwise.
 */
import {Float} from '../../json/exact-json.js';
import {globals} from './builtins/globals.js';
import {TemplateError} from './errors.js';
import {render} from './render.js';
import {parse} from './syntax/parser.js';
import {Dict, type Value} from './values/values.js';

export interface Template {
  /**
   * @param variables JSON values by name. Whole numbers and bigints are Python's int, others and `Float` are float.
   * @throws TemplateError, UnsupportedTemplate
   */
  render(variables: Readonly<Record<string, unknown>>): string;
}

/**
 * @param now what `strftime_now` writes.
 * @throws TemplateError, UnsupportedTemplate
 */
export function compile(text: string, now: () => Date = () => new Date()): Template {
  const parsed = guarded(() => parse(text));
  return {
    render: (variables) =>
      guarded(() => {
        const given = new Map<string, Value>(globals(now));
        for (const [name, value] of Object.entries(variables))
          if (value !== undefined) given.set(name, fromJson(value));
        return render(parsed, given);
      }),
  };
}

/** A template that calls itself without end, or nests beyond reason. */
function guarded<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof RangeError) throw new TemplateError(`it has no end (${error.message})`);
    throw error;
  }
}

/** A JSON value as a template's. */
function fromJson(json: unknown): Value {
  if (json === null || json === undefined) return null;
  switch (typeof json) {
    case 'string':
    case 'boolean':
    case 'bigint':
      return json;
    case 'number':
      return Number.isInteger(json) ? BigInt(json) : json;
    default:
  }
  if (Array.isArray(json)) return json.map(fromJson);
  if (json instanceof Float) return json.value;
  return new Dict(Object.entries(json).map(([key, value]) => [key, fromJson(value)]));
}
