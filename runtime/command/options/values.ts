/** How the values of options are read. What is refused is an InvalidArgumentError, which commander says with the option's name. */
import {InvalidArgumentError} from 'commander';
import {parseExact} from '../../json/exact-json.js';
import {MEMORY_SIZE_FORM, memoryBytes} from '../../machine/memory-size.js';
import {type TemplateArguments, templateArgumentsSchema} from '../../model/text/chat-template.js';

/** Adds one more value to an option that may be given several times. */
export const collect = (value: string, before: readonly string[]): string[] => [...before, value];

/** Adds one more `name=number` to an option that may be given several times. */
export const collectSettings = (
  text: string,
  before: Readonly<Record<string, number>> = {},
): Record<string, number> => {
  const [, name, value] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It is name=value, such as label_smoothing=0.1.');
  return {...before, [name.trim()]: number(value)};
};

/** Adds one more `name=value` to an option that may be given several times; the value is JSON, or else a text. */
export const collectArguments = (text: string, before: TemplateArguments = {}): TemplateArguments => {
  const [, name, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It is name=value, such as enable_thinking=false.');
  const {success, data, error} = templateArgumentsSchema.safeParse({
    ...before,
    [name.trim()]: jsonOrText(value),
  });
  if (success) return data;
  throw new InvalidArgumentError(`${name.trim()} is ${error.issues[0]?.message ?? 'no argument'}.`);
};

const jsonOrText = (text: string): unknown => {
  try {
    return parseExact(text);
  } catch {
    return text;
  }
};

/** Reads an option's value. */
export const number = (text: string): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It is a number.');
  return value;
};

/** Reads an option's value: a whole number from `least`. */
export const wholeFrom =
  (least: number) =>
  (text: string): number => {
    const value = Number(text);
    if (text.trim() === '' || !Number.isSafeInteger(value) || value < least)
      throw new InvalidArgumentError(`It is a whole number from ${least}.`);
    return value;
  };

/** Reads an option's value, in bytes. */
export const memorySize = (text: string): number => {
  const bytes = memoryBytes(text);
  if (bytes === undefined) throw new InvalidArgumentError(`It is ${MEMORY_SIZE_FORM}.`);
  return bytes;
};

/** Reads an option's value. */
export const wholeNumber = wholeFrom(0);

/** Reads an option's value: a number above 0. */
export const positive = (text: string): number => {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError('It is a number above 0.');
  return value;
};
