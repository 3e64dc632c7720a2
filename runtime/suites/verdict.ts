/**
 * The form in which a judge gives its verdict, as the judges of recipes have it: what it is asked for, and how that is read. Pure.
 *
 * | form | the answer is |
 * |---|---|
 * | `marked` | as the suite's publication has it: a few words, then the value by a marker |
 * | `plain` | the value alone, as models give it that keep to no form |
 *
 * Where the endpoint is asked to hold the answer to JSON, the words say so, and what is no JSON is read as before.
 */
import type {AnswerForm} from '../endpoints/chat.js';
import type {Ending} from '../text/answer-form.js';

export type VerdictForm = 'marked' | 'plain';

export interface VerdictWords {
  /** `marked` unless given. */
  readonly form?: VerdictForm | undefined;
  /** The endpoint is asked to hold the answer to JSON. */
  readonly structured?: boolean | undefined;
}

/** What a verdict may be. */
export interface Scale<T extends string | number> {
  /** Of what it says, the key in JSON. */
  readonly name: string;
  /** Those that JSON is held to. */
  readonly values: readonly T[];
  /** By the marker, in a whole reply. */
  readonly marked: (reply: string) => T | undefined;
  /** By itself, without white space around it. */
  readonly value: (text: string) => T | undefined;
}

/** @returns what it says; undefined where that is no verdict. */
export type ReadVerdict<T> = (reply: string, ending?: Ending) => T | undefined;

/** What the prompt ends with in this form. */
export const closingOf = (
  closing: Readonly<Record<VerdictForm, string>>,
  {name}: Pick<Scale<string | number>, 'name'>,
  {form = 'marked', structured = false}: VerdictWords,
): string => `${closing[form]}${structured ? asJson(name)[form] : ''}`;

/** Said where an endpoint may hold the answer to JSON: it is true whether it does or not. */
const asJson = (name: string): Readonly<Record<VerdictForm, string>> => ({
  marked: ` Where your answer is a JSON object, its keys are explanation and ${name}, and the latter is the value alone.`,
  plain: ` Where your answer is a JSON object, its key is ${name}, and its value is that alone.`,
});

/** The form for endpoints that can hold a model to it; of the order of the keys, the explanation comes first. */
export const verdictForm = (
  {name, values}: Pick<Scale<string | number>, 'name' | 'values'>,
  {form = 'marked', structured = false}: VerdictWords,
): {readonly form?: AnswerForm} => {
  if (!structured) return {};
  const value = {type: typeof values[0], enum: values};
  const properties = form === 'plain' ? {[name]: value} : {explanation: {type: 'string'}, [name]: value};
  return {
    form: {
      name,
      schema: {type: 'object', properties, required: Object.keys(properties), additionalProperties: false},
    },
  };
};

/** Reads a verdict by the words in which it was asked for. */
export const verdictReader =
  <T extends string | number>(
    scale: Scale<T>,
    {form = 'marked', structured = false}: VerdictWords = {},
  ): ReadVerdict<T> =>
  (reply, ending = 'whole') => {
    const json = structured ? jsonIn(reply) : undefined;
    if (json !== undefined) return scale.value(String(json[scale.name] ?? '').trim());
    return form === 'plain' ? plainIn(reply, ending, scale) : scale.marked(reply);
  };

const jsonIn = (reply: string): Readonly<Record<string, unknown>> | undefined => {
  const [, text] = /^\s*(?:```(?:json)?\s*)?(\{.*\})\s*(?:```\s*)?$/s.exec(reply) ?? [];
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return value instanceof Object && !Array.isArray(value) ? {...value} : undefined;
  } catch {
    return undefined;
  }
};

/** Longer lines say more than a verdict. */
const MOST_OF_A_VERDICT = 80;
/** Words before a value: `Rating:`, `The correct option is`, `My final score:`. */
const LABEL =
  /^(?:(?:the|my|its|your|final|overall|correct|chosen|better|best|preferred) )*(?:rating|score|grade|verdict|finding|option|choice|answer|output|identifier|number|letter)(?: is)? ?[:=]? ?/i;
/** What stands around a value in bold, in code, in brackets. */
const AROUND = /[\s*_`"'#>[\](){}]+/g;

/** The value that all lines which are a verdict and nothing else agree in. Of an answer that was cut, the last line is half a line. */
const plainIn = <T extends string | number>(
  reply: string,
  ending: Ending,
  {value}: Scale<T>,
): T | undefined => {
  const lines = reply.trimStart().split('\n');
  const whole = ending === 'cut' ? lines.slice(0, -1) : lines;
  const found = whole.flatMap((line) => {
    if (line.length > MOST_OF_A_VERDICT) return [];
    const bare = line
      .replaceAll(AROUND, ' ')
      .trim()
      .replace(LABEL, '')
      .replace(/ ?[.!]$/, '');
    return value(bare) ?? [];
  });
  const [verdict, ...others] = new Set(found);
  return others.length === 0 ? verdict : undefined;
};

/** Of a scale of numbers: one in its range, with the most after it or not, such as `7/10`. */
export const numberFrom =
  (least: number, most: number) =>
  (text: string): number | undefined => {
    const [, digits] = new RegExp(`^(\\d+(?:\\.\\d*)?)(?: ?/ ?${most}| out of ${most})?$`).exec(text) ?? [];
    const number = Number(digits ?? Number.NaN);
    return number >= least && number <= most ? number : undefined;
  };

/** Of a scale of numbers: the first in double brackets, or else in single ones, where it is in its range. */
export const markedNumber =
  (least: number, most: number) =>
  (reply: string): number | undefined => {
    const found = /\[\[(\d+(?:\.\d*)?)\]\]/.exec(reply) ?? /\[(\d+(?:\.\d*)?)\]/.exec(reply);
    const number = Number(found?.[1] ?? Number.NaN);
    return number >= least && number <= most ? number : undefined;
  };
