/**
 * Makes the demonstration's policy again, from nothing but a seed: `node dist/runtime/demo/pretrain.js`. It takes some
 * minutes on two cores and writes runtime/demo/policy.
 *
 * Recipe: next-token cross-entropy on the answers of the careless corpus, batches of 64, Adam at 2e-3 with a warm-up, a
 * plateau and a linear fall to 0, gradients clipped to norm 1, 2,000 steps; the policy is the mean of the weights over the
 * last quarter. What it should come to: .20 to .26 of 300 held-out prompts right greedily, two thirds of their items.
 * The shipped policy is seed 0: .207 greedily, .688 of the items. The same sources on the same machine give the same bytes;
 * it was made before graphs had fused operations, which round otherwise, so today's have others.
 */
import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';
import {parseArgs} from 'node:util';
import {messageOf} from '../errors.js';
import {createPretrainer} from '../learning/pretrainer.js';
import {learningRateAt} from '../learning/schedule.js';
import {readModelConfig} from '../model/files/config.js';
import {loadCheckpoint, saveCheckpoint} from '../model/files/model-checkpoint.js';
import {writeSafetensors} from '../model/files/safetensors/safetensors.js';
import {encodeCompletion} from '../model/text/encode.js';
import {packRows, type Rows} from '../model/text/token-rows.js';
import type {Tokenizer} from '../model/text/tokenizer.js';
import {complain, say} from '../output.js';
import {packageRoot} from '../paths.js';
import type {Executor, HostTensor} from '../tensor/executor.js';
import {openExecutor} from '../tensor/open.js';
import {drawCorpus} from './corpus.js';
import {initialWeights} from './initial-weights.js';
import {MAX_COMPLETION_TOKENS, MAX_PROMPT_TOKENS, policyFiles} from './policy-files.js';
import {scorePolicy} from './policy-score.js';

const BATCH_ROWS = 64;
const ROW_TOKENS = MAX_PROMPT_TOKENS + MAX_COMPLETION_TOKENS;
const PEAK_LEARNING_RATE = 2e-3;
const WARMUP_STEPS = 50;
/** Single steps leave the chances of a forgotten carry anywhere near a half, and a greedy answer shows only the side; their mean is near a half. */
const AVERAGED_SHARE = 0.25;
const HELD_OUT_PROMPTS = 300;

export interface PretrainingOptions {
  /** Decides the first weights and the corpus. */
  readonly seed: number;
  readonly steps: number;
  /** The folder to write; one of that name is replaced. */
  readonly directory: string;
  readonly executor: Executor;
  readonly onStep: (step: number, loss: number) => void;
}

/** Trains a new policy and saves it as a Hugging Face folder. */
export const pretrain = async ({
  seed,
  steps,
  directory,
  executor,
  onStep,
}: PretrainingOptions): Promise<void> => {
  const draft = await mkdtemp(join(tmpdir(), 'anchorage-pretrain-'));
  try {
    for (const [name, content] of policyFiles) await writeFile(join(draft, name), content);
    await writeSafetensors(
      join(draft, 'model.safetensors'),
      initialWeights(await readModelConfig(draft), seed),
    );
    const model = await loadCheckpoint(draft);
    const pretrainer = await createPretrainer(model, executor, {rows: BATCH_ROWS, tokens: ROW_TOKENS});
    const batches = drawBatches(model.tokenizer, seed);
    const average = averageOf();
    for (let step = 1; step <= steps; step++) {
      onStep(step, await pretrainer.step(batches.next().value, learningRateOf(step, steps)));
      if (step > (1 - AVERAGED_SHARE) * steps) average.add(await pretrainer.weights());
    }
    await saveCheckpoint(directory, model, average.mean());
    await pretrainer.dispose();
  } finally {
    await rm(draft, {recursive: true, force: true});
  }
};

/** Warm-up, the peak through the first half, then a linear fall to 0: facts are learned fast and coins settle late. */
const learningRateOf = (step: number, steps: number): number => {
  const half = Math.ceil(steps / 2);
  if (step <= half) return PEAK_LEARNING_RATE * Math.min(1, step / WARMUP_STEPS);
  return learningRateAt(
    {peak: PEAK_LEARNING_RATE, warmupSteps: 0, totalSteps: steps - half},
    step - half - 1,
  );
};

/** The mean of weights that are added one after another, kept in float64. */
const averageOf = () => {
  const sums = new Map<string, {shape: readonly number[]; sum: Float64Array}>();
  let count = 0;
  return {
    add(weights: ReadonlyMap<string, HostTensor>): void {
      count += 1;
      for (const [name, {shape, data}] of weights) {
        const {sum} = sums.get(name) ?? {sum: new Float64Array(data.length)};
        for (const [index, value] of data.entries()) sum[index] = (sum[index] ?? 0) + value;
        sums.set(name, {shape, sum});
      }
    },
    mean: (): Map<string, HostTensor> =>
      new Map(
        [...sums].map(([name, {shape, sum}]) => [
          name,
          {shape, dtype: 'float32', data: Float32Array.from(sum, (value) => value / count)},
        ]),
      ),
  };
};

/** Corpus rows, padded at their ends; what is to be predicted is the answer and its end token. */
function* drawBatches(tokenizer: Tokenizer, seed: number): Generator<Rows, never> {
  const corpus = drawCorpus(seed);
  const limits = {
    format: 'plain',
    maxPromptTokens: MAX_PROMPT_TOKENS,
    maxCompletionTokens: MAX_COMPLETION_TOKENS,
  } as const;
  for (;;) {
    const answers = Array.from({length: BATCH_ROWS}, () => {
      const {prompt, completion} = corpus.next().value;
      return encodeCompletion(tokenizer, prompt, completion, limits);
    });
    yield packRows(answers, ROW_TOKENS, tokenizer.padTokenId);
  }
}

const main = async (): Promise<void> => {
  const {values} = parseArgs({
    options: {
      seed: {type: 'string', default: '0'},
      steps: {type: 'string', default: '2000'},
      out: {type: 'string', default: join(packageRoot, 'runtime/demo/policy')},
      threads: {type: 'string', default: '2'},
    },
  });
  const {executor, reason} = await openExecutor({backend: 'auto', threads: Number(values.threads)});
  say(reason);
  let sum = 0;
  const onStep = (step: number, loss: number): void => {
    sum += loss;
    if (step % 100 !== 0) return;
    say(`step ${step}  loss ${(sum / 100).toFixed(4)}`);
    sum = 0;
  };
  const directory = values.out;
  await pretrain({seed: Number(values.seed), steps: Number(values.steps), directory, executor, onStep});
  const {greedy, perItem, sampled} = await scorePolicy(
    await loadCheckpoint(directory),
    executor,
    HELD_OUT_PROMPTS,
  );
  say(
    `${directory}: of ${HELD_OUT_PROMPTS} held-out prompts ${greedy.toFixed(3)} right greedily (${perItem.toFixed(3)} of their items), ${sampled.toFixed(3)} at temperature 1`,
  );
};

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  main().catch((error: unknown) => {
    complain(messageOf(error));
    process.exitCode = 1;
  });
}
