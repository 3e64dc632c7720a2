/** `anchorage data describe`: what pairs are worth, before anybody trains on them. */
import {existsSync} from 'node:fs';
import {join} from 'node:path';
import {Command} from 'commander';
import {anchorAdvice, type Comparisons} from '../../anchor/advice.js';
import {type PageItem, pairsPage} from '../../dashboard/html/pairs-page.js';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {describing} from '../../data/describe/description.js';
import {wordsIn} from '../../data/describe/words.js';
import {answerWords, filePairs} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import {readFleet} from '../../fleet/file/load.js';
import {writeWhole} from '../../machine/whole-file.js';
import {requireWritable} from '../../machine/writable.js';
import {fileOf} from '../../metrics/lines.js';
import {findModel} from '../../model/files/find-model.js';
import {loadTokenizer, type Tokenizer} from '../../model/text/tokenizer.js';
import {say} from '../../output.js';
import type {Source} from '../../sources/split.js';
import {interruptible} from '../offline/interruptible.js';
import {type ProgressLine, progressLine} from '../offline/progress-line.js';
import {runFolderOf} from '../options/run-folder-of.js';
import {collect, positive, wholeFrom} from '../options/values.js';
import {lackingOf} from '../up/plan.js';
import {type DescribeOptions, type Taken, taking, type Work} from './describe-work.js';
import {type Described, factsOf, textOf} from './described.js';
import {judgeSample} from './judge-sample.js';
import {viewOf} from './model-view.js';
import {pairItems, rejectionItems} from './page-items.js';

export const describeCommand = (): Command =>
  new Command('describe')
    .description('say what pairs are worth: sizes, lengths, contrast, likelihoods, and the anchor they want')
    .argument(
      '<pairs>',
      'a data file or folder of pairs, a data set on the Hub, the id of a run under ./runs, or the path of its folder',
    )
    .option('--split <name>', 'of a data folder that has several')
    .option(
      '--model <folder>',
      'also under this model, a folder or its name on the Hub: its tokens, its log-probabilities, its rewards',
    )
    .option('--plain', 'texts are joined as they are for it, also where it has a chat template')
    .option('--sample <number>', 'pairs that it scores, drawn by chance', wholeFrom(1), 256)
    .option('--beta <number>', 'of its rewards', positive, 0.1)
    .option(
      '--recorded <file>',
      'compare chosen answers with --policy’s by scores of both that are recorded here; may be given again',
      collect,
      [],
    )
    .option('--policy <name>', 'the model of these files that stands for the policy')
    .option(
      '--judge <fleet.yaml>',
      'compare chosen answers with fresh ones of this fleet’s policy by its judge, which is paid for',
    )
    .option('--comparisons <number>', 'pairs that are compared so, drawn by chance', wholeFrom(1), 40)
    .option(
      '--html <file>',
      'also write a page of pairs, and of a run’s rejected prompts, with their differences marked',
    )
    .option('--json', 'write one JSON object')
    .addHelpText(
      'after',
      `
Tokens are those of the policy for a run, those of --model for a file, and words without one.

Examples:
  anchorage data describe 20260131-174502 --html pairs.html
  anchorage data describe pairs.jsonl --model models/llama --json
  anchorage data describe pairs.jsonl --judge judge.yaml --comparisons 60`,
    )
    .action(async (pairs: string, options: DescribeOptions) => {
      process.exitCode = await interruptible(async (signal) => {
        if (options.html !== undefined) await requireWritable('--html', options.html);
        const {described, page} = await describe(pairs, options, signal);
        const facts = factsOf(pairs, described);
        if (options.html !== undefined)
          await writeWhole(options.html, pairsPage({title: pairs, lead: leadOf(page), facts, items: page}));
        say(options.json ? JSON.stringify(described, undefined, 2) : textOf(facts));
        return true;
      });
    });

/** Where the pairs are, and the run that they are of. A folder may be a run's, or a data set's. */
const placeOf = (
  name: string,
  split: string | undefined,
): {source: Source; runFolder: string | undefined} => {
  const folder = runFolderOf(name);
  const isRun = ['run.json', 'fleet.json', fileOf('pairs')].some((file) => existsSync(join(folder, file)));
  if (!isRun) return {source: {path: name, split, keys: '--'}, runFolder: undefined};
  if (split !== undefined)
    throw new TerminalError(`--split ${split}: ${name} is a run, which has no splits; leave --split out`);
  return {source: {path: join(folder, fileOf('pairs')), keys: '--'}, runFolder: folder};
};

const leadOf = (page: readonly PageItem[]): string => {
  const pairs = page.filter(({outcome}) => outcome === 'pair').length;
  const rejected = page.length - pairs;
  return `${pairs} pairs${rejected === 0 ? '' : ` and ${rejected} rejected prompts`}, drawn by chance where there are more`;
};

interface Found {
  readonly described: Described;
  /** What a page shows. */
  readonly page: readonly PageItem[];
}

const describe = async (name: string, options: DescribeOptions, signal: AbortSignal): Promise<Found> => {
  const progress = options.json ? silent : progressLine();
  try {
    const {source, runFolder} = placeOf(name, options.split);
    const taken = await taking(options);
    const known = await (runFolder === undefined
      ? describeData(source, options, taken)
      : describeRun(runFolder, source, taken));
    const work = {name, options, progress, signal};
    const comparisons = await compare(taken, work);
    const anchor = comparisons === undefined ? known.anchor : anchorAdvice(comparisons, false);
    const rejected =
      runFolder === undefined || taken.shown === undefined ? [] : await rejectionItems(runFolder);
    return {
      described: {...known, anchor, model: await viewOf(taken.scored?.items, work)},
      page: [...pairItems(taken.shown?.items ?? []), ...rejected],
    };
  } finally {
    progress.end();
  }
};

const describeRun = async (
  folder: string,
  source: Source,
  {take}: Taken,
): Promise<Omit<Described, 'model'>> => {
  const {description, ends} = await readRunFiles(folder);
  if (description === undefined) throw new TerminalError(`${folder}: has no pairs yet`);
  // What else was asked for wants the texts, which the report's reading passes over.
  if (take !== undefined) for await (const pair of filePairs(source)) take(pair);
  return {...description, refused: {}, prompts: ends.counts().prompts, rejections: ends.rejections()};
};

const describeData = async (
  source: Source,
  {model}: DescribeOptions,
  {take}: Taken,
): Promise<Omit<Described, 'model'>> => {
  const tokenizer = model === undefined ? undefined : await loadTokenizer(await findModel(model));
  const described = describing(tokenizer === undefined ? 'words' : 'tokens');
  const refused: Record<string, number> = {};
  const count = (why: string): void => {
    refused[why] = (refused[why] ?? 0) + 1;
  };
  for await (const pair of filePairs(source, count)) {
    const [chosen, rejected] = [answerWords(pair.chosen), answerWords(pair.rejected)];
    const tokens = {chosen: tokensOf(chosen, tokenizer), rejected: tokensOf(rejected, tokenizer)};
    described.take({...pair, chosen, rejected, tokens});
    take?.(pair);
  }
  const description = described.result();
  if (description.pairs === 0) throw new TerminalError(`${source.path}: holds no pairs`);
  return {...description, refused, prompts: null, rejections: null};
};

const tokensOf = (text: string, tokenizer: Tokenizer | undefined): readonly (number | string)[] =>
  tokenizer === undefined ? wordsIn(text) : tokenizer.encode(text, {specialTokens: false});

/** Chosen answers with the policy's; undefined where nobody asked for that. */
const compare = async (
  {recorded, judged}: Taken,
  {name, options: {judge}, progress, signal}: Work,
): Promise<Comparisons | undefined> => {
  if (recorded !== undefined) return recorded.comparisons(name);
  if (judge === undefined || judged === undefined) return undefined;
  const fleet = await readFleet(judge, [], 'pairs');
  const lacking = await lackingOf(fleet);
  if (lacking.length > 0) throw new TerminalError(lacking.map((each) => `${judge}: ${each}`).join('\n'));
  return judgeSample({pairs: judged.items, fleet, progress, signal});
};

/** What is written is JSON alone. */
const silent: ProgressLine = {show: () => undefined, print: () => undefined, end: () => undefined};
