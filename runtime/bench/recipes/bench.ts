/**
 * `bench recipes`: every recipe on some prompts against a model behind an endpoint, and what became of each prompt. Without
 * `--url` it is the demonstration's teacher, with its policy and its prompts.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {TerminalError} from '../../errors.js';
import {codeRoot} from '../../paths.js';
import type {RecipesOptions} from '../options.js';
import {type Report, rounded} from '../report.js';
import {type Outcome, outcomeOf} from './outcome.js';
import {ownWords, type RecipeName, type RecipePlace, recipes, type Served} from './recipes.js';

/** Of the demo teacher. */
const demoServed: Served = {
  reviser: 'reviser',
  judge: 'judge',
  answerer: 'stronger',
  others: ['careless', 'hasty'],
};

/** `data make`, and `up`, which trains an adapter on the pairs as they come. */
const ways = ['make', 'up'] as const;

export async function benchRecipes(options: RecipesOptions, report: Report): Promise<void> {
  if (options.url !== undefined && (options.model === undefined || options.prompts === undefined))
    throw new TerminalError(
      'bench: --url wants --model, the policy, and --prompts, which the demo teacher has of its own',
    );
  const folder = await mkdtemp(join(tmpdir(), 'anchorage-bench-recipes-'));
  let isWrong = false;
  const ending = new AbortController();
  const end = (): void => ending.abort();
  process.once('SIGTERM', end).once('SIGHUP', end);
  try {
    for (const name of Object.keys(ownWords) as (keyof typeof ownWords)[])
      await writeFile(join(folder, `${name}.txt`), ownWords[name]);
    for (const recipe of options.only)
      for (const way of ways) {
        if (way === 'up' && !options.train) continue;
        isWrong = (await tryOne({recipe, way, folder, options, signal: ending.signal}, report)) || isWrong;
      }
  } finally {
    process.off('SIGTERM', end).off('SIGHUP', end);
    if (options.keep) report.say(`kept in ${folder}`);
    else await rm(folder, {recursive: true, force: true});
  }
  if (isWrong) throw new TerminalError('bench: a recipe failed, or lost prompts; --keep keeps its folder');
}

interface Job {
  readonly recipe: RecipeName;
  readonly way: (typeof ways)[number];
  readonly folder: string;
  readonly options: RecipesOptions;
  readonly signal: AbortSignal;
}

/** Resolves to whether something is wrong. */
const tryOne = async ({recipe, way, folder, options, signal}: Job, report: Report): Promise<boolean> => {
  const {form, structured} = options;
  const what = {bench: 'recipes', endpoint: options.url ?? 'demo teacher', recipe, way, form, structured};
  const fleet = fleetOf(recipe, folder, options);
  if (fleet === undefined) {
    report.skip({...what, contender: recipe}, 'give --recorded, a folder with answers of other models');
    return false;
  }
  report.say(`${recipe}, ${way}`);
  const run = `${recipe}-${way}`.replaceAll('_', '-');
  await writeFile(join(folder, `${run}.json`), JSON.stringify(fleet, undefined, 2));
  const beganMs = performance.now();
  const args =
    way === 'make' ? ['data', 'make', `${run}.json`, '--out', `${run}.jsonl`] : ['up', `${run}.json`];
  const {code, said} = await anchorage(folder, [...args, '--run', run], signal);
  const seconds = (performance.now() - beganMs) / 1000;
  const outcome = await outcomeOf(join(folder, 'runs', run)).catch(() => {
    throw new TerminalError(`bench: ${recipe}: ${said.trim()}`);
  });
  const {details, ...figures} = outcome;
  const {count} = options;
  // The steps of a run that trains end it, whatever prompts are left.
  const lost = way === 'make' ? count - promptsOf(outcome) : 0;
  const isFailed = code !== 0 && outcome.pairs > 0;
  report.row({
    ...{kind: 'recipe', ...what, prompts: count, lost, ...figures},
    acceptedShare: figures.acceptedShare === null ? null : rounded(figures.acceptedShare),
    seconds: rounded(seconds),
    ...(isFailed ? {code, said} : {}),
  });
  for (const [reason, detail] of Object.entries(details)) report.say(`  ${reason}: ${detail}`);
  if (code !== 0) report.say(`  ended with code ${code}: ${said.trim().split('\n').at(-1) ?? ''}`);
  return lost !== 0 || isFailed;
};

const promptsOf = ({pairs, rejected}: Outcome): number =>
  Object.values(rejected).reduce((sum, count) => sum + count, pairs);

const fleetOf = (recipe: RecipeName, folder: string, options: RecipesOptions): object | undefined => {
  const {url, model, served, recorded, count, train} = options;
  const place: RecipePlace = {
    served:
      url === undefined ? demoServed : {reviser: served, judge: served, answerer: served, others: undefined},
    asking: {maxTokens: options.maxTokens, concurrency: options.concurrency, timeoutMs: 600_000},
    asked: {form: options.form, structured: options.structured},
    fileOf: (name) => join(folder, `${name}.txt`),
  };
  const {needs, ...made} = {needs: undefined, ...recipes[recipe](place)};
  if (needs === 'recorded answers' && recorded === undefined) return undefined;
  const isDemo = url === undefined;
  return {
    ...made,
    prompts: isDemo
      ? {demo: true, count}
      : {file: resolve((needs === undefined ? options.prompts : recorded) ?? ''), count},
    policy: isDemo
      ? {model: 'demo', format: 'plain', maxPromptTokens: 32, maxCompletionTokens: 32}
      : {model, maxPromptTokens: 512, maxCompletionTokens: options.maxCompletionTokens},
    filter: {truncated: options.keepTruncated ? 'keep' : 'reject'},
    endpoints: {tried: isDemo ? {demo: true} : {baseUrl: url}},
    ...(train
      ? {
          objective: {name: 'apo_zero', learningRate: 1e-5},
          training: {batchSize: 2, lora: {rank: 4}, checkpointEverySteps: 1000},
        }
      : {}),
  };
};

const anchorage = async (
  folder: string,
  args: readonly string[],
  signal: AbortSignal,
): Promise<{readonly code: number; readonly said: string}> => {
  const {NATS_URL: _running, ...env} = process.env;
  const child = spawn(process.execPath, [join(codeRoot, 'runtime/command/main.js'), ...args], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (data) => {
      said += String(data);
    });
  // Nothing is left running where the bench is told to end; a Ctrl-C reaches the child itself.
  signal.addEventListener('abort', () => child.kill('SIGTERM'), {once: true});
  const [code] = await once(child, 'close');
  if (signal.aborted) throw new TerminalError('bench: it was told to end');
  return {code: Number(code), said};
};
