/** What is pushed of a data set, and its card: how many rows, made by whom, and what its pairs are worth. */
import {extname, resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {describing} from '../../data/describe/description.js';
import {descriptionFacts} from '../../data/describe/description-text.js';
import {wordsIn} from '../../data/describe/words.js';
import {answerWords, filePairs} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import type {PushedFile} from '../../hub/push-files.js';
import {readRows} from '../../sources/rows.js';
import {cardText, factTable} from './card.js';

/** What the Hub shows, and `datasets` loads. */
const FORMS = ['.jsonl', '.parquet'];

/**
 * The file under the name that a data set of one split has.
 *
 * @throws TerminalError for a file of another form.
 */
export const dataFile = (file: string): PushedFile => {
  const form = extname(file);
  if (!FORMS.includes(form))
    throw new TerminalError(
      `${file}: give a file of pairs that ends in ${FORMS.join(' or ')}, as anchorage data export writes it`,
    );
  return {path: `data/train-00000-of-00001${form}`, content: pathToFileURL(resolve(file))};
};

/** Columns whose values say how rows were made. */
const ORIGINS = {source: 'Recipe', policy: 'Policy', model: 'Models asked', seed: 'Seed'} as const;
/** Of one column; more are no names. */
const MOST_VALUES = 8;
const MOST_CHARACTERS = 96;

/**
 * Reads all rows.
 *
 * @throws TerminalError naming the line of what cannot be read, or where there is no pair.
 */
export const dataCard = async (file: string, repository: string, versions: string): Promise<string> => {
  const found = Object.keys(ORIGINS).map((column) => ({column, values: new Set<string>()}));
  const columns = new Set<string>();
  let rows = 0;
  for await (const {columns: row} of readRows(
    {path: file, keys: '--'},
    '{"prompt": ..., "chosen": ..., "rejected": ...}',
  )) {
    rows += 1;
    for (const name of Object.keys(row)) columns.add(name);
    for (const {column, values} of found) {
      const value = row[column];
      const text =
        typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint'
          ? String(value)
          : '';
      // A path is nobody's name.
      if (text !== '' && text.length <= MOST_CHARACTERS && !/^[/~]|^[A-Za-z]:\\/.test(text)) values.add(text);
    }
  }
  const described = describing('words');
  for await (const pair of filePairs({path: file, keys: '--'})) {
    const [chosen, rejected] = [answerWords(pair.chosen), answerWords(pair.rejected)];
    described.take({
      ...pair,
      chosen,
      rejected,
      tokens: {chosen: wordsIn(chosen), rejected: wordsIn(rejected)},
    });
  }
  const description = described.result();
  if (description.pairs === 0) throw new TerminalError(`${file}: holds no pairs`);
  const origins = found.flatMap(({column, values}): [string, string][] => {
    const shown = [...values].slice(0, MOST_VALUES).join(', ');
    const more = values.size > MOST_VALUES ? ` and ${values.size - MOST_VALUES} more` : '';
    return values.size === 0 ? [] : [[ORIGINS[column as keyof typeof ORIGINS], `${shown}${more}`]];
  });
  const sources = [...(found.find(({column}) => column === 'source')?.values ?? [])].slice(0, MOST_VALUES);
  const front = {
    task_categories: ['text-generation'],
    size_categories: [sizeOf(rows)],
    tags: ['anchorage', 'preference', 'dpo', ...sources],
  };
  const parts = [
    `# ${repository.split('/')[1]}`,
    'Preference pairs made with Anchorage.',
    '## How they were made',
    factTable([
      ['Pairs', description.pairs.toLocaleString('en-US')],
      ['Columns', [...columns].join(', ')],
      ...origins,
      ['Versions', versions],
    ]),
    '## What they are worth',
    // Without what was never measured, and the command that would.
    factTable(descriptionFacts(description).filter(([label]) => label !== 'Anchor')),
    '## Use',
    [
      '```python',
      'from datasets import load_dataset',
      '',
      `pairs = load_dataset(${JSON.stringify(repository)}, split="train")`,
      '```',
    ].join('\n'),
  ];
  return cardText(front, parts.join('\n\n'));
};

/** As the Hub names them. */
const sizeOf = (rows: number): string => {
  const steps = [1e3, 1e4, 1e5, 1e6, 1e7];
  const names = ['n<1K', '1K<n<10K', '10K<n<100K', '100K<n<1M', '1M<n<10M', '10M<n<100M'];
  return names[steps.filter((step) => rows >= step).length] ?? 'n<1K';
};
