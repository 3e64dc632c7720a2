/** What a person may say to `npm run bench`. */
import {parseArgs} from 'node:util';
import {messageOf, TerminalError} from '../errors.js';
import {MEMORY_SIZE_FORM, memoryBytes} from '../machine/memory-size.js';
import {
  type Device,
  devices,
  type ExecutorName,
  executorNames,
  executorsWith,
  type Precision,
  precisions,
} from '../tensor/executors.js';
import {type Size, sizes} from './workload/sizes.js';
import {type PairKind, pairKinds} from './workload/workload.js';

export const benches = ['learner', 'sampler', 'memory', 'long', 'real', 'bus', 'shards', 'overlap'] as const;
export type Bench = (typeof benches)[number];
/** Our executors, each on the devices that it has; `webgpu` is `onnx` on this machine's GPU. */
export type Backend = ExecutorName | Exclude<Device, 'cpu'>;
export const backends = executorNames.flatMap((name) =>
  devices
    .filter((device) => executorsWith({device}).includes(name))
    .map((device): Backend => (device === 'cpu' ? name : device)),
);

/** What `real` measures; `steps` are many of a small model, to count compilations and watch memory. */
export const parts = ['training', 'reference', 'sampling', 'steps'] as const;
export type Part = (typeof parts)[number];

export interface Options {
  readonly bench: Bench;
  readonly sizes: readonly Size[];
  readonly backends: readonly Backend[];
  readonly precision: Precision;
  readonly pairKinds: readonly PairKind[];
  /** `real`: pairs of texts, in the place of those. */
  readonly pairsFile: string | undefined;
  readonly promptsFile: string | undefined;
  /** `real`: a folder, in the place of the sizes. */
  readonly model: string | undefined;
  readonly parts: readonly Part[];
  /** `real`: what our learner may take. */
  readonly memoryBytes: number | undefined;
  /** `real`: pairs that TRL computes at once. */
  readonly peerMicroBatch: number;
  /** `real`: the contenders that are measured; all where there are none. */
  readonly only: readonly string[];
  readonly rounds: number;
  /** Steps, or passes over all requests, a round; undefined where the size decides. */
  readonly steps: number | undefined;
  readonly threads: number;
  /** Sequences that our sampler decodes at once. */
  readonly rows: number;
  /** Pairs a step and tokens a sequence. */
  readonly pairs: number;
  readonly tokens: number;
  /** Rank of the adapter; 0 where all weights learn. */
  readonly lora: number;
  /** Both, one after the other, in `shards` alone. */
  readonly loras: readonly number[];
  /** Pairs that our learner computes at once; 0 for all. */
  readonly microBatch: number;
  /** Messages in flight at once. */
  readonly window: number;
  readonly peers: boolean;
  /** The peers compute on a GPU, through CUDA. */
  readonly cuda: boolean;
  readonly python: string;
}

interface Defaults {
  readonly sizes: string;
  readonly rounds: number;
  readonly pairs: number;
  readonly tokens: number;
  readonly lora: number;
}

const defaults: Readonly<Record<Bench, Defaults>> = {
  learner: {sizes: '0.4M,0.9M,3M,10M,30M', rounds: 5, pairs: 16, tokens: 96, lora: 0},
  sampler: {sizes: '0.4M,0.9M,3M,10M', rounds: 5, pairs: 16, tokens: 96, lora: 0},
  memory: {sizes: '135M', rounds: 3, pairs: 2, tokens: 1024, lora: 8},
  long: {sizes: '0.4M', rounds: 1, pairs: 16, tokens: 96, lora: 0},
  real: {sizes: '12M', rounds: 3, pairs: 16, tokens: 96, lora: 0},
  bus: {sizes: '0.4M', rounds: 7, pairs: 16, tokens: 96, lora: 0},
  shards: {sizes: '3M', rounds: 5, pairs: 16, tokens: 96, lora: 8},
  overlap: {sizes: '0.4M', rounds: 3, pairs: 16, tokens: 96, lora: 0},
};

/** Rank of the adapter of a given model, which is too large to train whole. */
const MODEL_LORA = 16;

export const usage = `npm run bench -- ${benches.join('|')} [options]
  --sizes ${sizes.join(',')}
  --backends ${backends.join(',')}      (default onnx,tensorflow; real and shards onnx)
  --precision ${precisions.join('|')}
  --pairs ${pairKinds.join(',')}     completions with nothing in common, or 60% of their tokens (default both)
  --rounds N                how often contenders take turns (default 5; memory, real and overlap 3, bus 7)
  --steps N                 steps, or passes over all requests, a round (long: in all, default 10000;
                            bus: messages, default 10000; overlap: prompts, default 384; real: of its part steps, default 1000)
  --threads N               (default 2; shards 1, of each)
  --rows N                  sequences that our sampler decodes at once (default 32)
  --batch N, --tokens N     pairs a step, tokens a sequence (default 16 and 96; memory 2 and 1024)
  --lora N                  rank of an adapter, 0 for none (default 0; memory 8; shards both; real with --model ${MODEL_LORA})
  --micro-batch N           pairs that our learner computes at once (default all; memory 1)
  --parts ${parts.join(',')}
                            real: what is measured (default all)
  --model FOLDER            real: this model, not one of random weights
  --pairs FILE, --prompts FILE  real: its texts, not random tokens of real lengths
  --memory SIZE             real: what our learner may take, such as 4GB (default as train has it)
  --peer-micro-batch N      real: pairs that TRL computes at once (default 2)
  --only NAMES              real: of the contenders these alone, such as onnx,trl
  --window N                bus: messages in flight at once (default 32)
  --peers, --python PATH    transformers, TRL and PEFT beside, where this Python has them (default python3)
  --cuda                    these peers on an NVIDIA GPU; ours there is --backends webgpu`;

/** Throws a TerminalError that names what cannot be meant. */
export function parseOptions(args: readonly string[]): Options {
  const {values, positionals} = parsed(args);
  const [name, ...more] = positionals;
  const bench = benches.find((each) => each === name);
  if (bench === undefined || more.length > 0) {
    throw new TerminalError(
      `bench: say which of ${benches.join(', ')}${name === undefined ? '' : `, not "${positionals.join(' ')}"`}\n${usage}`,
    );
  }
  const preset = defaults[bench];
  const lora = count('--lora', values.lora, 0);
  const {kinds, file} = pairsOf(bench, values.pairs);
  return {
    bench,
    sizes: listed('--sizes', values.sizes ?? preset.sizes, sizes),
    backends: listed(
      '--backends',
      values.backends ?? (bench === 'shards' || bench === 'real' ? 'onnx' : 'onnx,tensorflow'),
      backends,
    ),
    precision: listed('--precision', values.precision ?? 'float32', precisions)[0] ?? 'float32',
    pairKinds: kinds,
    pairsFile: file,
    promptsFile: values.prompts,
    model: values.model,
    parts: listed('--parts', values.parts ?? parts.join(), parts),
    memoryBytes: memory(values.memory),
    peerMicroBatch: count('--peer-micro-batch', values['peer-micro-batch']) ?? 2,
    only: values.only?.split(',') ?? [],
    rounds: count('--rounds', values.rounds) ?? preset.rounds,
    steps: count('--steps', values.steps),
    threads: count('--threads', values.threads) ?? (bench === 'shards' ? 1 : 2),
    rows: count('--rows', values.rows) ?? 32,
    pairs: count('--batch', values.batch) ?? preset.pairs,
    tokens: count('--tokens', values.tokens, 6) ?? preset.tokens,
    lora: lora ?? (bench === 'real' && values.model !== undefined ? MODEL_LORA : preset.lora),
    loras: lora === undefined && bench === 'shards' ? [0, preset.lora] : [lora ?? preset.lora],
    microBatch: count('--micro-batch', values['micro-batch'], 0) ?? (bench === 'memory' ? 1 : 0),
    window: count('--window', values.window) ?? 32,
    peers: values.peers ?? false,
    cuda: values.cuda ?? false,
    python: values.python ?? 'python3',
  };
}

function parsed(args: readonly string[]) {
  const text = {type: 'string'} as const;
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        sizes: text,
        backends: text,
        precision: text,
        pairs: text,
        rounds: text,
        steps: text,
        threads: text,
        rows: text,
        batch: text,
        tokens: text,
        lora: text,
        'micro-batch': text,
        parts: text,
        model: text,
        prompts: text,
        memory: text,
        'peer-micro-batch': text,
        only: text,
        window: text,
        peers: {type: 'boolean'},
        cuda: {type: 'boolean'},
        python: text,
      },
    });
  } catch (error) {
    throw new TerminalError(`bench: ${messageOf(error).split('. ')[0]}\n${usage}`);
  }
}

/** Kinds of pairs, or in `real` a file with texts. */
function pairsOf(bench: Bench, text: string | undefined) {
  const isFile =
    bench === 'real' &&
    text !== undefined &&
    !text.split(',').every((name) => pairKinds.some((kind) => kind === name));
  const preset = bench === 'learner' || bench === 'real' ? 'plain,clair' : 'plain';
  return isFile
    ? {kinds: pairKinds, file: text}
    : {kinds: listed('--pairs', text ?? preset, pairKinds), file: undefined};
}

function memory(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const bytes = memoryBytes(text);
  if (bytes === undefined)
    throw new TerminalError(`bench: --memory is "${text}"; it takes ${MEMORY_SIZE_FORM}`);
  return bytes;
}

function listed<T extends string>(option: string, text: string, known: readonly T[]): T[] {
  return text.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined)
      throw new TerminalError(`bench: ${option} has "${name}"; it takes ${known.join(', ')}`);
    return found;
  });
}

function count(option: string, text: string | undefined, least = 1): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || text.trim() === '') {
    throw new TerminalError(`bench: ${option} is "${text}"; it takes a whole number from ${least}`);
  }
  return number;
}
