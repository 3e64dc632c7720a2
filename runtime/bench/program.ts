/** What a person may say to `npm run bench`: a command for each benchmark, with the options that it has. */
import {Command, InvalidArgumentError, Option} from 'commander';
import {memorySize, wholeFrom, wholeNumber} from '../command/options/values.js';
import {precisions} from '../tensor/executors.js';
import {contenderNames} from './contenders/contenders.js';
import {
  type Backend,
  type BusOptions,
  backends,
  type EndpointsOptions,
  evaluationPlaces,
  type InterferenceOptions,
  type LearnerOptions,
  type LongOptions,
  type OverlapOptions,
  parts,
  type RealOptions,
  type RealPairs,
  type RecipesOptions,
  type SamplerOptions,
  type ShardsOptions,
} from './options.js';
import {recipeNames} from './recipes/recipes.js';
import {type Size, sizes} from './workload/sizes.js';
import {type PairKind, pairKinds} from './workload/workload.js';

/** What each command does. */
export interface Benches {
  learner(options: LearnerOptions): Promise<void>;
  sampler(options: SamplerOptions): Promise<void>;
  memory(options: LearnerOptions): Promise<void>;
  long(options: LongOptions): Promise<void>;
  real(options: RealOptions): Promise<void>;
  bus(options: BusOptions): Promise<void>;
  shards(options: ShardsOptions): Promise<void>;
  overlap(options: OverlapOptions): Promise<void>;
  interference(options: InterferenceOptions): Promise<void>;
  endpoints(options: EndpointsOptions): Promise<void>;
  recipes(options: RecipesOptions): Promise<void>;
}

/** Rank of the adapter of a given model, which is too large to train whole. */
const MODEL_LORA = 16;

/** A refusal is one line, said by commander, and then a CommanderError. */
export function benchProgram(benches: Benches): Command {
  const program = new Command('npm run bench --')
    .description('Measures this machine, beside peers where they are wanted.')
    .configureHelp({subcommandTerm: (command) => command.name()})
    .configureOutput({outputError: (text, write) => write(`${text.trim().replaceAll('\n', ' ')}\n`)})
    .exitOverride();
  const bench = (name: keyof Benches, about: string, options: readonly Option[]): Command => {
    const command = program.command(name).description(about);
    for (const option of options) command.addOption(option);
    return command;
  };
  const ofALearner = (preset: LearnerPreset): Option[] => [
    ...models(preset.sizes, ['onnx', 'tensorflow']),
    listed('--pairs <kinds>', `${PAIRS}: ${pairKinds.join(', ')}`, pairKinds, preset.pairs),
    ...steps(preset),
    counted('--lora <rank>', LORA, preset.lora, 0),
    counted('--rounds <n>', ROUNDS, preset.rounds),
    counted('--steps <n>', 'steps a round; about a second of them, unless given'),
    ...peers(preset.beside),
    cuda(),
  ];
  bench(
    'learner',
    'a training step at one fixed length, by size and executor',
    ofALearner({
      sizes: ['0.4M', '0.9M', '3M', '10M', '30M'],
      pairs: pairKinds,
      lora: 0,
      rounds: 5,
      beside: 'torch and TRL',
    }),
  ).action(benches.learner);
  bench('sampler', 'sampling at fixed lengths, by size and executor', [
    ...models(['0.4M', '0.9M', '3M', '10M'], ['onnx', 'tensorflow']),
    precision(),
    threads(2),
    counted('--rows <n>', 'sequences that our sampler decodes at once', 32),
    counted('--rounds <n>', ROUNDS, 5),
    counted('--passes <n>', 'passes over all requests a round; about a second of them, unless given'),
    ...peers('transformers'),
    cuda(),
  ]).action(benches.sampler);
  bench(
    'memory',
    'peak memory of a step',
    ofALearner({
      ...{sizes: ['135M'], pairs: ['plain'], lora: 8, rounds: 3, beside: 'PEFT'},
      ...{batch: 2, tokens: 1024, microBatch: 1},
    }),
  ).action(benches.memory);
  bench('long', 'thousands of steps in one process: whether memory grows', [
    ...models(['0.4M'], ['onnx', 'tensorflow']),
    ...steps(),
    counted('--lora <rank>', LORA, 0, 0),
    counted('--steps <n>', 'steps in all', 10_000),
  ]).action(benches.long);
  bench('real', 'a step, the reference pass and sampling on lengths as people have them', [
    ...models(['12M'], ['onnx']),
    new Option('--model <folder>', 'this model, in place of sizes of random weights').conflicts('sizes'),
    listed('--parts <list>', `what is measured: ${parts.join(', ')}`, parts, parts),
    new Option(
      '--pairs <kinds or file>',
      `random tokens of real lengths, ${pairKinds.join(' or ')}; or the texts of a file, for --model`,
    )
      .argParser(realPairs)
      .default({from: 'lengths', kinds: pairKinds}, pairKinds.join()),
    new Option('--prompts <file>', 'these texts for sampling, for --model; random tokens, unless given'),
    threads(2),
    counted('--batch <n>', BATCH, 16),
    counted('--lora <rank>', `${LORA} (default: 0; with --model ${MODEL_LORA})`, undefined, 0),
    new Option(
      '--memory <size>',
      'what our learner may take, such as 4GB; as train has it, unless given',
    ).argParser(memorySize),
    counted('--rounds <n>', ROUNDS, 3),
    counted('--steps <n>', 'steps of the part steps, in all', 1000),
    ...peers('transformers, TRL and llama.cpp'),
    counted('--peer-micro-batch <n>', 'pairs that TRL computes at once', 2),
    listed('--only <names>', `of the contenders these: ${contenderNames.join(', ')}`, contenderNames),
  ]).action(({lora, ...options}: Omit<RealOptions, 'lora'> & {readonly lora?: number}) =>
    benches.real({...options, lora: lora ?? (options.model === undefined ? 0 : MODEL_LORA)}),
  );
  bench('bus', 'a message through the bus, beside a loop of the bare client', [
    counted('--rounds <n>', ROUNDS, 7),
    counted('--messages <n>', 'messages a round', 10_000),
    counted('--window <n>', 'messages in flight at once', 32),
  ]).action(benches.bus);
  bench('shards', 'two learner shards beside one, and what they exchange beside raw NATS', [
    ...models(['3M'], ['onnx']),
    ...steps({threads: 1}),
    new Option('--lora <ranks>', `${LORA}; one after the other`).argParser(ranks).default([0, 8], '0,8'),
    counted('--rounds <n>', ROUNDS, 5),
    counted('--steps <n>', 'steps a round; about a second of them, unless given'),
  ]).action(benches.shards);
  bench('overlap', 'a streaming fleet, beside its stages one after the other', [
    counted('--rounds <n>', ROUNDS, 3),
    counted('--prompts <n>', 'prompts of a run', 384),
    counted('--batch <n>', BATCH, 16),
  ]).action(benches.overlap);
  bench('interference', 'what evaluators cost a learner, in turns in one run', [
    listed(
      '--where <list>',
      `where is evaluated: ${evaluationPlaces.join(', ')}`,
      evaluationPlaces,
      evaluationPlaces,
    ),
    counted('--rounds <n>', 'how often evaluators come and go', 4),
    counted('--seconds <n>', 'of each turn', 20),
    counted('--items <n>', 'that the policy answers for a score', 300),
    counted('--threads <n>', 'of the learner and of the evaluator, 0 for their shares of the cores', 0, 0),
    counted('--latency <ms>', 'of the judge behind an endpoint', 200),
  ]).action(benches.interference);
  bench('endpoints', 'how well revisers use an endpoint that turns some away, and keep to its limit', [
    counted('--slots <n>', 'requests that it answers at once, and that are in flight', 32),
    counted('--latency <ms>', 'of an answer, the median', 1000),
    counted('--seconds <n>', 'how long each contender asks', 90, 30),
    ...peers("distilabel's CLAIR pipeline"),
  ]).action(benches.endpoints);
  bench('recipes', 'every recipe of pairs against a model behind an endpoint: what becomes of each prompt', [
    new Option(
      '--url <url>',
      'of the endpoint, such as http://localhost:8000/v1, with --model and --prompts; the demo teacher, with its own, unless given',
    ),
    new Option('--served <name>', 'what it calls its model').default('default'),
    new Option('--model <folder>', 'the policy'),
    new Option('--prompts <file>', 'prompts, in any layout'),
    new Option('--recorded <folder>', 'prompts with answers of other models, for judge_off_policy'),
    counted('--count <n>', 'prompts of each recipe', 8),
    listed('--only <names>', `recipes: ${recipeNames.join(', ')}`, recipeNames, recipeNames),
    new Option('--form <name>', 'in which reviser and judge are asked')
      .choices(['marked', 'plain'])
      .default('marked'),
    new Option('--structured', 'ask the endpoint to hold their answers to JSON').default(false),
    counted('--max-tokens <n>', 'of an answer of the endpoint', 512),
    counted('--max-completion-tokens <n>', 'of an answer of the policy', 256),
    counted('--concurrency <n>', 'requests in flight', 2),
    new Option(
      '--keep-truncated',
      'also ask about answers of the policy that were cut off (filter.truncated: keep)',
    ),
    new Option('--train', 'also train an adapter on the pairs of each recipe while they are made'),
    new Option('--keep', 'leave the folder of fleets, runs and files of pairs'),
  ]).action(benches.recipes);
  return program;
}

const ROUNDS = 'how often contenders take turns';
const BATCH = 'pairs a step';
const LORA = 'rank of an adapter, 0 for none';
const PAIRS = 'completions with nothing in common, or 60% of their tokens';

interface StepsPreset {
  readonly threads?: number;
  readonly batch?: number;
  readonly tokens?: number;
  readonly microBatch?: number;
}

interface LearnerPreset extends StepsPreset {
  readonly sizes: readonly Size[];
  readonly pairs: readonly PairKind[];
  readonly lora: number;
  readonly rounds: number;
  /** The peers. */
  readonly beside: string;
}

const models = (ofSizes: readonly Size[], ofBackends: readonly Backend[]): Option[] => [
  listed('--sizes <list>', `models of random weights: ${sizes.join(', ')}`, sizes, ofSizes),
  listed('--backends <list>', `our executors: ${backends.join(', ')}`, backends, ofBackends),
];

const precision = (): Option =>
  new Option('--precision <name>', 'what is computed in').choices(precisions).default('float32');

const threads = (preset: number): Option => counted('--threads <n>', 'of each process', preset);

const steps = ({threads: count = 2, batch = 16, tokens = 96, microBatch = 0}: StepsPreset = {}): Option[] => [
  precision(),
  threads(count),
  counted('--batch <n>', BATCH, batch),
  counted('--tokens <n>', 'tokens a sequence, a third of them prompt', tokens, 6),
  counted('--micro-batch <n>', 'pairs that our learner computes at once, 0 for all', microBatch, 0),
];

const peers = (names: string): Option[] => [
  new Option('--peers', `${names} beside ours`).default(false),
  new Option('--python <path>', 'the Python that has them').default('python3'),
];

const cuda = (): Option =>
  new Option('--cuda', 'these peers on an NVIDIA GPU; ours there is --backends webgpu').default(false);

/** A whole number from `least`. */
const counted = (flags: string, about: string, preset?: number, least = 1): Option => {
  const option = new Option(flags, about).argParser(least === 0 ? wholeNumber : wholeFrom(least));
  return preset === undefined ? option : option.default(preset);
};

/** Known names with commas between them. */
const listed = <T extends string>(
  flags: string,
  about: string,
  known: readonly T[],
  preset: readonly T[] = [],
): Option => {
  const option = new Option(flags, about).argParser((text: string) => namesIn(text, known));
  return option.default(preset, preset.length === 0 ? 'all' : preset.join());
};

const namesIn = <T extends string>(text: string, known: readonly T[]): T[] =>
  text.split(',').map((name) => {
    const found = known.find((each) => each === name);
    if (found === undefined)
      throw new InvalidArgumentError(`It has "${name}"; it takes ${known.join(', ')}.`);
    return found;
  });

const ranks = (text: string): number[] => text.split(',').map(wholeNumber);

/** Kinds of pairs, or else a file. */
const realPairs = (text: string): RealPairs =>
  text.split(',').every((name) => pairKinds.some((kind) => kind === name))
    ? {from: 'lengths', kinds: namesIn(text, pairKinds)}
    : {from: 'file', path: text};
