/** The options of suites as options of a command: `maxCompletionTokens` is `--max-completion-tokens`. */
import {type Command, Option} from 'commander';
import type * as z from 'zod';
import {TerminalError} from '../../errors.js';
import type {Suite} from '../../suites/suite.js';
import {type SuiteName, suiteNames, suites} from '../../suites/suites.js';
import {nearest} from '../../text/nearest.js';

/** What a suite's option takes, once defaults and absence are looked through. */
type Form =
  | {readonly kind: 'text' | 'number' | 'flag' | 'texts'}
  | {readonly kind: 'choice'; readonly choices: readonly string[]};

interface SuiteOption {
  readonly key: string;
  readonly form: Form;
  readonly about: string;
  readonly suites: readonly SuiteName[];
}

const optionsOf = (name: SuiteName): z.ZodObject => (suites[name] as Suite).options;

const keysOf = (name: SuiteName): string[] =>
  Object.keys(optionsOf(name).shape).filter((key) => key !== 'suite');

export const flagOf = (key: string): string =>
  `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** The parts of zod's own description of a schema that are looked at. */
interface Described {
  readonly def: {
    readonly type: string;
    readonly innerType?: Described;
    readonly entries?: Readonly<Record<string, string>>;
  };
  readonly description?: string | undefined;
}

const formOf = ({def}: Described): Form => {
  if (def.innerType !== undefined) return formOf(def.innerType);
  switch (def.type) {
    case 'number':
    case 'int':
      return {kind: 'number'};
    case 'boolean':
      return {kind: 'flag'};
    case 'array':
      return {kind: 'texts'};
    case 'enum':
      return {kind: 'choice', choices: Object.values(def.entries ?? {})};
    default:
      return {kind: 'text'};
  }
};

const aboutOf = (schema: Described): string =>
  schema.description ?? (schema.def.innerType === undefined ? '' : aboutOf(schema.def.innerType));

/** Of all suites that a model can be evaluated by, each once. */
const suiteOptions = (): SuiteOption[] => {
  const found = new Map<string, SuiteOption>();
  for (const name of suiteNames.filter(isEvaluated))
    for (const key of keysOf(name)) {
      const schema = optionsOf(name).shape[key] as unknown as Described;
      const known = found.get(key);
      found.set(key, {
        key,
        form: formOf(schema),
        about: known?.about || aboutOf(schema),
        suites: [...(known?.suites ?? []), name],
      });
    }
  return [...found.values()];
};

/** A run's own held-out pairs are there in a run alone. */
export const isEvaluated = (name: SuiteName): boolean => (suites[name] as Suite).kind !== 'pairs';

export const withSuiteOptions = (command: Command): Command => {
  for (const {key, form, about, suites: names} of suiteOptions()) {
    const value = {text: ' <value>', number: ' <number>', flag: '', texts: ' <file...>', choice: ' <word>'}[
      form.kind
    ];
    const option = new Option(
      `${flagOf(key)}${value}`,
      `${about === '' ? '' : `${about}; `}of ${names.length > 5 ? 'suites that are answered' : names.join(', ')}`,
    );
    command.addOption(form.kind === 'choice' ? option.choices(form.choices) : option);
  }
  return command;
};

/**
 * What a suite is given of what was typed.
 *
 * @throws TerminalError naming the suite that is not there, the option that it does not have or lacks, or the value that is none.
 */
export const chosenSuite = (
  word: string,
  typed: Readonly<Record<string, unknown>>,
): {
  readonly name: SuiteName;
  readonly suite: Exclude<Suite, {readonly kind: 'pairs'}>;
  readonly options: {readonly suite: string};
} => {
  const name = suiteNames.find((each) => each === word);
  const known = suiteNames.filter(isEvaluated);
  const near = nearest(word, known);
  if (name === undefined)
    throw new TerminalError(
      `--suite ${word}: there is no such suite${near === undefined ? '' : `; did you mean ${near}?`}; there are ${known.join(', ')}`,
    );
  const suite: Suite = suites[name];
  if (suite.kind === 'pairs')
    throw new TerminalError(
      `--suite ${word}: scores the held-out pairs of a run, in the run; there are ${known.join(', ')}`,
    );
  const all = suiteOptions();
  const own = keysOf(name);
  const given: Record<string, unknown> = {suite: name};
  for (const {key, form} of all) {
    const value = typed[key];
    if (value === undefined) continue;
    if (!own.includes(key))
      throw new TerminalError(
        `${flagOf(key)}: is no option of suite ${name}, which has ${own.map(flagOf).join(', ')}`,
      );
    given[key] = form.kind === 'number' ? Number(value) : value;
  }
  const parsed = suite.options.safeParse(given);
  if (parsed.success) return {name, suite, options: parsed.data as {readonly suite: string}};
  const [issue] = parsed.error.issues;
  const key = String(issue?.path[0] ?? 'suite');
  throw new TerminalError(
    given[key] === undefined
      ? `${flagOf(key)}: suite ${name} needs it`
      : `${flagOf(key)} ${String(typed[key])}: ${issue?.message ?? 'is no value of it'}`,
  );
};
