/** `anchorage data rejected`: which prompts of a run gave no pair, why, and what to do about the commonest reasons. */
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {join} from 'node:path';
import {Command} from 'commander';
import * as z from 'zod';
import {answerRemedy} from '../../actor/answer-remedy.js';
import type {LogName} from '../../bus/channels/subjects.js';
import {readLogFile} from '../../dashboard/read/log-file.js';
import {TerminalError} from '../../errors.js';
import {fleetFileOf} from '../../fleet/run/run-folder.js';
import {createEndCounter, type EndCounter} from '../../metrics/ends.js';
import {fileOf} from '../../metrics/lines.js';
import {rejectionMeanings, rejectionTable} from '../../metrics/rejections.js';
import {messageSchema, transcriptOf} from '../../model/text/conversations.js';
import {say} from '../../output.js';
import {excerpt} from '../../text/excerpt.js';
import {runFolderOf} from '../options/run-folder-of.js';
import {wholeNumber} from '../options/values.js';

interface RejectedOptions {
  readonly examples: number;
  readonly reason?: string;
  readonly json?: boolean;
}

/** A line of a run's rejections.jsonl. */
export const rejectionLineSchema = z.object({
  prompt_id: z.string().default(''),
  prompt_line: z.number().optional(),
  actor: z.string(),
  reason: z.string(),
  detail: z.string().default(''),
  history: z.array(messageSchema).optional(),
  prompt: z.string().optional(),
  completion: z.string().optional(),
  completions: z.array(z.string()).optional(),
  reply: z.string().optional(),
  channel: z.string().optional(),
});
export type RejectionLine = z.infer<typeof rejectionLineSchema>;

/** The prompt of a rejection for a reader, with the turns before it. */
export const rejectedPrompt = ({prompt, history = []}: RejectionLine): string | undefined =>
  prompt === undefined ? undefined : transcriptOf([...history, {role: 'user', content: prompt}]);

/** A reason, most frequent first. */
interface Reason {
  readonly reason: string;
  readonly prompts: number;
  /** Of the prompts that came to an end. */
  readonly share: number;
  readonly meaning: string;
  readonly remedy: string;
  /** The first ones. */
  readonly examples: readonly RejectionLine[];
}

export const rejectedCommand = (): Command =>
  new Command('rejected')
    .description('count the prompts of a run that gave no pair, by reason, with examples and what to do')
    .argument('<run>', 'the id of a run under ./runs, or the path of its folder')
    .option('--examples <number>', 'of each reason', wholeNumber, 2)
    .option('--reason <word>', `this one alone: ${Object.keys(rejectionMeanings).join(', ')}`)
    .option('--json', 'write one JSON object')
    .addHelpText(
      'after',
      '\nExamples:\n  anchorage data rejected 20260131-174502\n  anchorage data rejected first --reason format --examples 5',
    )
    .action(async (run: string, options: RejectedOptions) => {
      const reasons = await reasonsIn(runFolderOf(run), options);
      if (options.json) say(JSON.stringify({run, reasons}, undefined, 2));
      else if (reasons.length === 0) say('no prompt was rejected');
      else say(reasons.map(textOf).join('\n\n'));
    });

/** @throws TerminalError where the folder is no run's, or nothing was rejected for the reason asked for. */
const reasonsIn = async (folder: string, {examples, reason: only}: RejectedOptions): Promise<Reason[]> => {
  if (!existsSync(join(folder, 'run.json')))
    throw new TerminalError(`${folder}: is no run's folder; runs lie under runs/`);
  const ends = await pairsIn(folder);
  const kept = new Map<string, RejectionLine[]>();
  /** Of answers that could not be read, how many each change would have helped. */
  const remedies = new Map<string, number>();
  const asked = await askedFormsIn(folder);
  await readLogFile(join(folder, fileOf('rejections')), rejectionLineSchema, (row, sequence) => {
    const {prompt_id: promptId, reason: word, channel} = row;
    if (!ends.rejection({promptId, word, channel}, sequence)) return;
    if (row.reason === 'format') {
      const remedy = answerRemedy(`actors.${row.actor}`, row.detail, asked[row.actor]);
      remedies.set(remedy, (remedies.get(remedy) ?? 0) + 1);
    }
    const some = kept.get(row.reason) ?? [];
    if (some.length < examples) kept.set(row.reason, [...some, row]);
  });
  const table = rejectionTable(ends.counts().prompts, ends.rejections());
  if (only !== undefined && !table.some(({word}) => word === only))
    throw new TerminalError(
      `--reason ${only}: no prompt of the run was rejected for it; there are ${table.map(({word}) => word).join(', ') || 'none'}`,
    );
  return table
    .filter(({word}) => only === undefined || word === only)
    .map(({word: reason, count: prompts, remedy, ...rest}) => ({
      reason,
      prompts,
      ...rest,
      remedy: reason === 'format' ? remediesText(remedies) : remedy,
      examples: kept.get(reason) ?? [],
    }));
};

/** Of a run's fleet as it began, what is known of how its actors ask; the advice is good without it. */
const askedSchema = z.object({
  actors: z.record(
    z.string(),
    z.object({form: z.string(), structured: z.boolean(), replyPattern: z.string()}).partial().catch({}),
  ),
});

const askedFormsIn = async (folder: string): Promise<z.infer<typeof askedSchema>['actors']> => {
  try {
    return askedSchema.parse(JSON.parse(await readFile(fleetFileOf(folder), 'utf8'))).actors;
  } catch {
    return {};
  }
};

/** The one for most prompts first. */
const remediesText = (remedies: ReadonlyMap<string, number>): string =>
  [...remedies]
    .toSorted(([, one], [, other]) => other - one)
    .map(([remedy, prompts]) => (remedies.size === 1 ? remedy : `of ${prompts}: ${remedy}`))
    .join('; ');

const pairLineSchema = z.object({prompt_id: z.string()});

/** With the run's pairs counted, and no rejection yet. */
const pairsIn = async (folder: string): Promise<EndCounter> => {
  const ends = createEndCounter(0);
  const read = (log: LogName, take: (id: string) => void) =>
    readLogFile(join(folder, fileOf(log)), pairLineSchema, ({prompt_id: id}) => take(id));
  await read('pairs', ends.pair);
  await read('held_out', ends.heldOutPair);
  return ends;
};

const textOf = ({reason, prompts, share, meaning, remedy, examples}: Reason): string =>
  [
    `${reason}: ${prompts.toLocaleString('en-US')} prompts, ${(100 * share).toFixed(1)} %`,
    `  ${meaning}`,
    `  what to do: ${remedy}`,
    ...examples.flatMap((each, index) => ['', ...exampleLines(each, index + 1)]),
  ].join('\n');

const MOST_CHARACTERS = 600;

const exampleLines = (rejection: RejectionLine, number: number): string[] => {
  const {prompt_line: line, actor, detail, completion, completions, reply} = rejection;
  const where = line === undefined ? '' : `, line ${line} of the prompts`;
  const answers = completions ?? (completion === undefined ? [] : [completion]);
  return [
    `  ${number}. by the ${actor}${where}: ${excerpt(detail, MOST_CHARACTERS)}`,
    ...labelled('prompt', rejectedPrompt(rejection)),
    ...answers.flatMap((answer) => labelled('answer', answer)),
    ...labelled('reply', reply),
  ];
};

/** A text behind its label, each further line as far in; nothing of none. */
const labelled = (label: string, text: string | undefined): string[] =>
  text === undefined
    ? []
    : excerpt(text, MOST_CHARACTERS)
        .split('\n')
        .map((line, row) => `     ${(row === 0 ? label : '').padEnd(6)}  ${line}`.trimEnd());
