/** `anchorage data describe`: what pairs are worth, before anybody trains on them. */
import {statSync} from 'node:fs';
import {join} from 'node:path';
import {Command} from 'commander';
import {pairsPage} from '../../dashboard/html/pairs-page.js';
import {readRunFiles} from '../../dashboard/read/run-files.js';
import {anchorAdvice, type Comparisons} from '../../data/describe/anchor.js';
import {describing} from '../../data/describe/description.js';
import {wordsIn} from '../../data/describe/words.js';
import {answerWords, filePairs} from '../../data/file-pairs.js';
import {TerminalError} from '../../errors.js';
import {readFleet} from '../../fleet/file/load.js';
import {writeWhole} from '../../machine/whole-file.js';
import {fileOf} from '../../metrics/lines.js';
import {findModel} from '../../model/files/find-model.js';
import {loadTokenizer, type Tokenizer} from '../../model/text/tokenizer.js';
import {say} from '../../output.js';
import {interruptible} from '../offline/interruptible.js';
import {type ProgressLine, progressLine} from '../offline/progress-line.js';
import {runFolderOf} from '../options/run-folder-of.js';
import {collect, positive, wholeFrom} from '../options/values.js';
import {lackingOf} from '../up/plan.js';
import {type DescribeOptions, drawFrom, type Work} from './describe-work.js';
import {type Described, factsOf, textOf} from './described.js';
import {judgeSample} from './judge-sample.js';
import {viewOf} from './model-view.js';
import {pairItems, rejectionItems} from './page-items.js';
import {compareRecorded} from './recorded-answers.js';

export const describeCommand = (): Command =>
  new Command('describe')
    .description('say what pairs are worth: sizes, lengths, contrast, likelihoods, and the anchor they want')
    .argument('<pairs>', 'a file of pairs, the id of a run under ./runs, or the path of its folder')
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
        const described = await describe(pairs, options, signal);
        const facts = factsOf(pairs, described);
        if (options.html !== undefined) await writePage(options.html, pairs, facts);
        say(options.json ? JSON.stringify(described, undefined, 2) : textOf(facts));
        return true;
      });
    });

/** Where the pairs are, and the run that they are of. */
const placeOf = (name: string): {readonly file: string; readonly runFolder: string | undefined} => {
  const folder = runFolderOf(name);
  const isRun = statSync(folder, {throwIfNoEntry: false})?.isDirectory() ?? false;
  return isRun
    ? {file: join(folder, fileOf('pairs')), runFolder: folder}
    : {file: name, runFolder: undefined};
};

const writePage = async (
  path: string,
  name: string,
  facts: readonly (readonly [string, string])[],
): Promise<void> => {
  const {file, runFolder} = placeOf(name);
  const pairs = await pairItems(file);
  const rejections = runFolder === undefined ? [] : await rejectionItems(runFolder);
  const lead = `${pairs.length} pairs${rejections.length === 0 ? '' : ` and ${rejections.length} rejected prompts`}, drawn by chance where there are more`;
  await writeWhole(path, pairsPage({title: name, lead, facts, items: [...pairs, ...rejections]}));
};

const describe = async (name: string, options: DescribeOptions, signal: AbortSignal): Promise<Described> => {
  const progress = options.json ? silent : progressLine();
  try {
    const {file, runFolder} = placeOf(name);
    const known = runFolder === undefined ? await describeFile(file, options) : await describeRun(runFolder);
    const work = {file, options, progress, signal};
    const comparisons = await compare(work);
    const anchor = comparisons === undefined ? known.anchor : anchorAdvice(comparisons, false);
    return {...known, anchor, model: await viewOf(work)};
  } finally {
    progress.end();
  }
};

const describeRun = async (folder: string): Promise<Omit<Described, 'model'>> => {
  const {description, rejections} = await readRunFiles(folder);
  if (description === undefined) throw new TerminalError(`${folder}: has no pairs yet`);
  return {...description, refused: {}, rejections: Object.fromEntries(rejections)};
};

const describeFile = async (file: string, {model}: DescribeOptions): Promise<Omit<Described, 'model'>> => {
  const tokenizer = model === undefined ? undefined : await loadTokenizer(await findModel(model));
  const described = describing(tokenizer === undefined ? 'words' : 'tokens');
  const refused: Record<string, number> = {};
  const count = (why: string): void => {
    refused[why] = (refused[why] ?? 0) + 1;
  };
  for await (const pair of filePairs(file, count)) {
    const [chosen, rejected] = [answerWords(pair.chosen), answerWords(pair.rejected)];
    const tokens = {chosen: tokensOf(chosen, tokenizer), rejected: tokensOf(rejected, tokenizer)};
    described.take({...pair, chosen, rejected, tokens});
  }
  const description = described.result();
  if (description.pairs === 0) throw new TerminalError(`${file}: holds no pairs`);
  return {...description, refused, rejections: null};
};

const tokensOf = (text: string, tokenizer: Tokenizer | undefined): readonly (number | string)[] =>
  tokenizer === undefined ? wordsIn(text) : tokenizer.encode(text, {specialTokens: false});

/** Chosen answers with the policy's; undefined where nobody asked for that. */
const compare = async ({file, options, ...work}: Work): Promise<Comparisons | undefined> => {
  const {judge, comparisons, recorded, policy} = options;
  if (recorded.length > 0 || policy !== undefined) return compareRecorded(file, recorded, policy);
  if (judge === undefined) return undefined;
  const fleet = await readFleet(judge, [], 'pairs');
  const lacking = await lackingOf(fleet);
  if (lacking.length > 0) throw new TerminalError(lacking.map((each) => `${judge}: ${each}`).join('\n'));
  return judgeSample({pairs: await drawFrom(file, comparisons, 'judged'), fleet, ...work});
};

/** What is written is JSON alone. */
const silent: ProgressLine = {show: () => undefined, print: () => undefined, end: () => undefined};
