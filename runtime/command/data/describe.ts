/** `anchorage data describe`: what pairs are worth, before anybody trains on them. */
import {statSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Command} from 'commander';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {anchorAdvice, type Comparisons} from '../../data/describe/anchor.js';
import {type Description, describing} from '../../data/describe/description.js';
import {descriptionFacts, rewardsText} from '../../data/describe/description-text.js';
import {type Rewards, rewardsOf, type SideLogps} from '../../data/describe/likelihood.js';
import {drawn} from '../../data/describe/sampled.js';
import {wordsIn} from '../../data/describe/words.js';
import {answerWords, type FilePair, filePairs, plainPair} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import {readFleet} from '../../fleet/file/load.js';
import {fileOf} from '../../metrics/lines.js';
import {rejectionTable} from '../../metrics/rejections.js';
import {encodePair} from '../../model/text/encode.js';
import {loadTokenizer, type Tokenizer} from '../../model/text/tokenizer.js';
import {say} from '../../output.js';
import {interruptible} from '../offline/interruptible.js';
import {openPolicy} from '../offline/policy-options.js';
import {policyLogps} from '../offline/policy-pairs.js';
import {type ProgressLine, progressLine} from '../offline/progress-line.js';
import {runFolderOf} from '../options/run-folder-of.js';
import {positive, wholeFrom} from '../options/values.js';
import {lackingOf} from '../up/plan.js';
import {judgeSample} from './judge-sample.js';

export interface DescribeOptions {
  readonly model?: string;
  readonly plain?: boolean;
  readonly sample: number;
  readonly beta: number;
  /** A fleet with a judge. */
  readonly judge?: string;
  readonly comparisons: number;
  readonly json?: boolean;
}

/** What is shown, and what `--json` writes. */
interface Described extends Description {
  /** Prompts by why they gave no pair; null of a file, which does not say. */
  readonly rejections: Readonly<Record<string, number>> | null;
  /** Under `--model`; null without it. */
  readonly model: ModelView | null;
}

interface ModelView {
  readonly folder: string;
  /** Drawn, and scored. */
  readonly pairs: number;
  readonly chosen_logps: number;
  readonly rejected_logps: number;
  /** Of those whose reference the file says; null where it says none. */
  readonly rewards: Rewards | null;
}

export const describeCommand = (): Command =>
  new Command('describe')
    .description('say what pairs are worth: sizes, lengths, contrast, likelihoods, and the anchor they want')
    .argument('<pairs>', 'a file of pairs, the id of a run under ./runs, or the path of its folder')
    .option('--model <folder>', 'also under this model: its tokens, its log-probabilities, its rewards')
    .option('--plain', 'texts are joined as they are for it, also where it has a chat template')
    .option('--sample <number>', 'pairs that it scores, drawn by chance', wholeFrom(1), 256)
    .option('--beta <number>', 'of its rewards', positive, 0.1)
    .option(
      '--judge <fleet.yaml>',
      'compare chosen answers with fresh ones of this fleet’s policy by its judge, which is paid for',
    )
    .option('--comparisons <number>', 'pairs that are compared so, drawn by chance', wholeFrom(1), 40)
    .option('--json', 'write one JSON object')
    .addHelpText(
      'after',
      `
Tokens are those of the policy for a run, those of --model for a file, and words without one.

Examples:
  anchorage data describe 20260131-174502
  anchorage data describe pairs.jsonl --model models/llama --json
  anchorage data describe pairs.jsonl --judge judge.yaml --comparisons 60`,
    )
    .action(async (pairs: string, options: DescribeOptions) => {
      process.exitCode = await interruptible(async (signal) => {
        const described = await describe(pairs, options, signal);
        say(options.json ? JSON.stringify(described, undefined, 2) : textOf(pairs, described));
        return true;
      });
    });

const describe = async (name: string, options: DescribeOptions, signal: AbortSignal): Promise<Described> => {
  const progress = options.json ? silent : progressLine();
  try {
    const folder = runFolderOf(name);
    const isRun = statSync(folder, {throwIfNoEntry: false})?.isDirectory() ?? false;
    const file = isRun ? join(folder, fileOf('pairs')) : name;
    const known = isRun ? await describeRun(folder) : await describeFile(name, options);
    const work = {file, options, progress, signal};
    const comparisons = await compare(work);
    const anchor = comparisons === undefined ? known.anchor : anchorAdvice(comparisons, false);
    return {...known, anchor, model: await viewOf(work)};
  } finally {
    progress.end();
  }
};

/** Beside the reading of the pairs. */
interface Work {
  readonly file: string;
  readonly options: DescribeOptions;
  readonly progress: ProgressLine;
  readonly signal: AbortSignal;
}

const describeRun = async (folder: string): Promise<Omit<Described, 'model'>> => {
  const {description, rejections} = await readRunFiles(folder);
  if (description === undefined) throw new TerminalError(`${folder}: has no pairs yet`);
  return {...description, rejections: Object.fromEntries(rejections)};
};

const describeFile = async (file: string, {model}: DescribeOptions): Promise<Omit<Described, 'model'>> => {
  const tokenizer = model === undefined ? undefined : await loadTokenizer(model);
  const described = describing(tokenizer === undefined ? 'words' : 'tokens');
  for await (const pair of filePairs(file)) {
    const [chosen, rejected] = [answerWords(pair.chosen), answerWords(pair.rejected)];
    const tokens = {chosen: tokensOf(chosen, tokenizer), rejected: tokensOf(rejected, tokenizer)};
    described.take({...pair, chosen, rejected, tokens});
  }
  const description = described.result();
  if (description.pairs === 0) throw new TerminalError(`${file}: holds no pairs`);
  return {...description, rejections: null};
};

const tokensOf = (text: string, tokenizer: Tokenizer | undefined): readonly (number | string)[] =>
  tokenizer === undefined ? wordsIn(text) : tokenizer.encode(text, {specialTokens: false});

const drawFrom = async (
  file: string,
  count: number,
  ...seed: readonly string[]
): Promise<readonly FilePair[]> => {
  const chance = drawn<FilePair>(count, ...seed);
  for await (const pair of filePairs(file)) chance.take(pair);
  return chance.items;
};

/** Chosen answers with the policy's; undefined where nobody asked for that. */
const compare = async ({file, options, ...work}: Work): Promise<Comparisons | undefined> => {
  const {judge, comparisons} = options;
  if (judge === undefined) return undefined;
  const fleet = await readFleet(judge, [], 'pairs');
  const lacking = await lackingOf(fleet);
  if (lacking.length > 0) throw new TerminalError(lacking.map((each) => `${judge}: ${each}`).join('\n'));
  return judgeSample({pairs: await drawFrom(file, comparisons, 'judged'), fleet, ...work});
};

/** What a model says of pairs that are drawn from a file. */
const viewOf = async ({file, options, progress, signal}: Work): Promise<ModelView | null> => {
  const {model: folder, plain = false, sample, beta} = options;
  if (folder === undefined) return null;
  const where = {threads: availableParallelism(), device: 'cpu'} as const;
  const how = {backend: 'auto', precision: 'float32'} as const;
  const policy = await openPolicy({model: folder, plain, ...where, ...how}, 'training');
  const {model, format, chatTemplate, limits} = policy;
  const encoded = (await drawFrom(file, sample, 'scored')).flatMap((pair) => {
    const texts = format === 'plain' ? plainPair(pair) : pair;
    const ids = encodePair(model.tokenizer, texts, {...limits, format, chatTemplate});
    const promptIds = Int32Array.from(ids.promptIds);
    const chosenIds = Int32Array.from(ids.chosenIds);
    const rejectedIds = Int32Array.from(ids.rejectedIds);
    const isScored = [promptIds, chosenIds, rejectedIds].every(({length}) => length > 0);
    return isScored ? [{line: pair.line, promptIds, chosenIds, rejectedIds, pair}] : [];
  });
  if (encoded.length === 0) throw new TerminalError(`${file}: holds no pair that the model has tokens for`);
  const logps = await policyLogps({policy, pairs: encoded, cache: undefined, progress, signal});
  const scored = encoded.flatMap((each) => {
    const own = logps.get(each);
    return own === undefined ? [] : [{policy: own, reference: each.pair.reference}];
  });
  const referenced = scored.flatMap(({policy: own, reference}) =>
    reference === undefined ? [] : [{policy: own, reference}],
  );
  const mean = (side: keyof SideLogps): number =>
    scored.reduce((sum, {policy: own}) => sum + own[side], 0) / scored.length;
  return {
    folder,
    pairs: scored.length,
    chosen_logps: mean('chosen'),
    rejected_logps: mean('rejected'),
    rewards: rewardsOf(referenced, beta),
  };
};

/** What is written is JSON alone. */
const silent: ProgressLine = {show: () => undefined, print: () => undefined, end: () => undefined};

const textOf = (name: string, {rejections, model, ...description}: Described): string => {
  const facts: [string, string][] = [
    ['Pairs', `${description.pairs.toLocaleString('en-US')} in ${name}`],
    ...(rejections === null ? [] : rejectionFacts(description.pairs, rejections)),
    ...descriptionFacts(description),
    ...(model === null ? [] : modelFacts(model)),
  ];
  const width = Math.max(...facts.map(([label]) => label.length));
  return facts.map(([label, value]) => `${label.padEnd(width)}  ${value}`).join('\n');
};

const rejectionFacts = (pairs: number, counts: Readonly<Record<string, number>>): [string, string][] =>
  rejectionTable(pairs, counts).map(({word, count, share, meaning}) => [
    `Rejected: ${word}`,
    `${count.toLocaleString('en-US')} prompts (${(100 * share).toFixed(1)} %): ${meaning}`,
  ]);

const modelFacts = ({
  folder,
  pairs,
  chosen_logps: chosen,
  rejected_logps: rejected,
  rewards,
}: ModelView): [string, string][] => [
  [
    'Model',
    `${chosen.toFixed(1)} nats for a chosen answer on average, ${rejected.toFixed(1)} for a rejected one, in ${pairs} pairs under ${folder}`,
  ],
  ...(rewards === null ? [] : ([['Rewards', rewardsText(rewards)]] as [string, string][])),
];
