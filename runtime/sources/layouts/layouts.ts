/** The layouts of data sets that are known. One more is a file in `layouts/` and a line here. */
import {TerminalError} from '../../errors.js';
import {contextIn} from '../../model/text/line-context.js';
import {textIn} from '../../model/text/text-field.js';
import type {Row} from '../rows.js';
import {alpacaAnnotations, alpacaOutputs} from './alpaca-eval.js';
import type {Example, Layout} from './layout.js';
import {messages, partedIn} from './messages.js';
import {mtBench} from './mt-bench.js';
import {preferences} from './preferences.js';
import {recorded} from './recorded.js';
import {withSystem} from './system.js';
import {ultrafeedback} from './ultrafeedback.js';

/** The first that fits is a row's. */
const layouts: readonly Layout[] = [
  recorded,
  preferences,
  ultrafeedback,
  alpacaAnnotations,
  alpacaOutputs,
  mtBench,
  messages,
];

/**
 * What a row holds; undefined where its columns are of no layout.
 *
 * @throws TerminalError with the row and the field that is not what its layout says.
 */
export const exampleOf = (row: Row): Example | undefined => {
  const {columns, where} = row;
  const example = layouts.find(({fits}) => fits(columns))?.read(columns, where);
  return example && withSystem(row, example);
};

/**
 * The prompt of a row in the column that somebody named.
 *
 * @throws TerminalError where there is no such column, or no text in it.
 */
export function columnOf(row: Row, name: string): Example {
  const {columns, where} = row;
  if (!Object.hasOwn(columns, name))
    throw new TerminalError(`${where}: no column "${name}"; there are ${columnsThere(columns)}`);
  const prompt = textIn(columns[name] ?? undefined, `${where}: ${name}`);
  // Answers that were recorded, and what the template is told, are the row's whatever its prompt is called.
  const renamed = {...columns, prompt: columns[name]};
  if (recorded.fits(renamed)) return withSystem(row, {...recorded.read(renamed, where), prompt});
  const parted = prompt === undefined ? {prompt} : partedIn(prompt);
  return withSystem(row, {...parted, context: contextIn(columns, where)});
}

const MOST_SHOWN = 20;

/** The names of a row's columns, for a message. */
export function columnsThere(columns: Row['columns']): string {
  const names = Object.keys(columns);
  if (names.length === 0) return 'none';
  const more = names.length > MOST_SHOWN ? ` and ${names.length - MOST_SHOWN} more` : '';
  return (
    names
      .slice(0, MOST_SHOWN)
      .map((name) => JSON.stringify(name))
      .join(', ') + more
  );
}
