/** `anchorage data describe`: what pairs are worth, before anybody trains on them. */
import {statSync} from 'node:fs';
import {availableParallelism} from 'node:os';
import {join} from 'node:path';
import {Command} from 'commander';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {type Description, describing} from '../../data/describe/description.js';
import {descriptionFacts, rewardsText} from '../../data/describe/description-text.js';
import {type Rewards, rewardsOf, type SideLogps} from '../../data/describe/likelihood.js';
import {drawn} from '../../data/describe/sampled.js';
import {wordsIn} from '../../data/describe/words.js';
import {answerWords, type FilePair, filePairs} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
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

export interface DescribeOptions {
  readonly model?: string;
  readonly plain?: boolean;
  readonly sample: number;
  readonly beta: number;
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
    .option('--json', 'write one JSON object')
    .addHelpText(
      'after',
      `
Tokens are those of the policy for a run, those of --model for a file, and words without one.

Examples:
  anchorage data describe 20260131-174502
  anchorage data describe pairs.jsonl --model models/llama --json`,
    )
    .action(async (pairs: string, options: DescribeOptions) => {
      process.exitCode = await interruptible(async (signal) => {
        const described = await describe(pairs, options, signal);
        say(options.json ? JSON.stringify(described, undefined, 2) : textOf(pairs, described));
        return true;
      });
    });

const describe = async (name: string, options: DescribeOptions, signal: AbortSignal): Promise<Described> => {
  const folder = runFolderOf(name);
  const isRun = statSync(folder, {throwIfNoEntry: false})?.isDirectory() ?? false;
  const known = isRun ? await describeRun(folder) : await describeFile(name, options);
  const file = isRun ? join(folder, fileOf('pairs')) : name;
  return {...known, model: await viewOf(file, options, signal)};
};

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

/** What a model says of pairs that are drawn from a file. */
const viewOf = async (
  file: string,
  {model: folder, plain = false, sample, beta, json = false}: DescribeOptions,
  signal: AbortSignal,
): Promise<ModelView | null> => {
  if (folder === undefined) return null;
  const progress = json ? silent : progressLine();
  try {
    const executor = {
      backend: 'auto',
      threads: availableParallelism(),
      device: 'cpu',
      precision: 'float32',
    } as const;
    const policy = await openPolicy({model: folder, plain, ...executor}, 'training');
    const chance = drawn<FilePair>(sample, 'scored');
    for await (const pair of filePairs(file)) chance.take(pair);
    const {model, format, chatTemplate, limits} = policy;
    const encoded = chance.items.flatMap((pair) => {
      const {promptIds, chosenIds, rejectedIds} = encodePair(model.tokenizer, pair, {
        ...limits,
        format,
        chatTemplate,
      });
      if ([promptIds, chosenIds, rejectedIds].some(({length}) => length === 0)) return [];
      const ids = [promptIds, chosenIds, rejectedIds].map((each) => Int32Array.from(each));
      const [prompt = NONE, chosen = NONE, rejected = NONE] = ids;
      return [{line: pair.line, promptIds: prompt, chosenIds: chosen, rejectedIds: rejected, pair}];
    });
    if (encoded.length === 0) throw new TerminalError(`${file}: holds no pair that the model has tokens for`);
    const logps = await policyLogps({policy, pairs: encoded, cache: undefined, progress, signal});
    const scored = encoded.flatMap((each) => {
      const own = logps.get(each);
      return own === undefined ? [] : [{policy: own, reference: each.pair.reference}];
    });
    const withReference = scored.flatMap(({policy: own, reference}) =>
      reference === undefined ? [] : [{policy: own, reference}],
    );
    const mean = (side: keyof SideLogps): number =>
      scored.reduce((sum, {policy: own}) => sum + own[side], 0) / scored.length;
    return {
      folder,
      pairs: scored.length,
      chosen_logps: mean('chosen'),
      rejected_logps: mean('rejected'),
      rewards: rewardsOf(withReference, beta),
    };
  } finally {
    progress.end();
  }
};

const NONE = new Int32Array();
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
