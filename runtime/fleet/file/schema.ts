/** What fleet.yaml may say: every key, its type, its range and its default. Keys are the words of runtime/fleet/README.md. */
import * as z from 'zod';
import type {ActorName, Asker, AskingActor, ComputingActor} from '../../actors.js';
import {type RuleName, ruleNames} from '../../alerts/rules.js';
import {RUN_PATTERN} from '../../bus/channels/subjects.js';
import {datasetNames} from '../../datasets.js';
import {MEMORY_SIZE_FORM, memoryBytes} from '../../machine/memory-size.js';
import {templateArgumentsSchema} from '../../model/text/chat-template.js';
import {backendNames, devices, precisions, samplingPrecisions} from '../../tensor/executors.js';
import {hide} from '../../text/redact.js';
import {evaluationSchema} from './evaluation-schema.js';
import {anchor, objective} from './objective-schema.js';
import {extraBody, policyEndpoint, testedEndpoint} from './policy-endpoint-schema.js';
import {examples, filter, reading, recipes, verdict} from './recipe-schema.js';

const positive = z.number().positive();
const count = z.int().positive();
const memorySize = z.string().refine((text) => memoryBytes(text) !== undefined, `is ${MEMORY_SIZE_FORM}`);
/** Processes of one actor, at most: what `anchorage scale`, or whoever writes in its place, can ask of a machine. */
const processes = z.int().nonnegative().max(256);

/** By ISO 4217. */
const currency = z.string().regex(/^[A-Z]{3}$/, 'is a currency’s three letters, such as USD');

const AZURE_VERSION = /^\?api-version=[\w.-]{1,64}$/;

/** Of an address: whether it ends with its path, and has no secret. */
const isBare = (url: string): boolean => {
  if (!URL.canParse(url)) return true; // refused already
  const {username, password, search, hash} = new URL(url);
  // Of Azure's deployments, which want it with each request; it is no secret.
  return [username, password, search.replace(AZURE_VERSION, ''), hash].every((part) => part === '');
};

/** Of a name: what is none is the key itself, put in its place, and is said to nobody. Keys have digits among small letters. */
const isVariable = (name: string): boolean => {
  const isName = /^(?:[A-Z_][A-Z\d_]*|[A-Za-z_]+)$/.test(name);
  if (!isName) hide(name);
  return isName;
};

/** What a million tokens cost. */
const price = z.strictObject({
  inputPerMillion: z.number().nonnegative(),
  outputPerMillion: z.number().nonnegative(),
  currency: currency.default('USD'),
});

const endpoint = z.union([
  z.strictObject({
    /**
     * Where the OpenAI-compatible API begins, such as https://api.openai.com/v1, or of a deployment on Azure
     * https://NAME.openai.azure.com/openai/deployments/DEPLOYMENT?api-version=2024-10-21.
     */
    baseUrl: z
      .url({protocol: /^https?$/})
      .refine(
        isBare,
        'has a user, a password or a query in it (Azure’s ?api-version=... alone may be); put the key into the variable of apiKeyEnv',
      ),
    /** The environment variable that holds the key. Without it none is sent, but OPENAI_API_KEY to OpenAI's own address. */
    apiKeyEnv: z
      .string()
      .min(1)
      .refine(
        isVariable,
        'is not the name of an environment variable; put the key into one, such as OPENAI_API_KEY, and give its name here',
      )
      .optional(),
    /** The file that holds the key instead, and nothing else. */
    apiKeyFile: z.string().min(1).optional(),
    /** Whether machines share its answers through the server; unless given, where its address is one server for all of them. */
    shareAnswers: z.boolean().optional(),
    /** Requests sent to it in a minute, and their tokens both ways: of all processes of the fleet together, evenly over the minute. */
    requestsPerMinute: count.optional(),
    tokensPerMinute: count.optional(),
    price: price.optional(),
  }),
  z.strictObject({
    /** The demo teacher, started and stopped with the fleet. */
    demo: z.literal(true),
    /** Requests answered at once; others wait in line. Any number unless given. */
    slots: count.optional(),
    latencyMs: z.number().nonnegative().default(0),
    tokensPerSecond: positive.optional(),
    requestsPerMinute: count.optional(),
    failureRate: z.number().min(0).max(1).default(0),
    price: price.optional(),
  }),
]);

/** How an actor asks a model behind an endpoint. */
const asking = {
  count: processes.default(1),
  /** A key of `endpoints`. */
  endpoint: z.string().min(1).optional(),
  /** Several of them instead: each request goes to one, by weight, and to another where that one does not answer. */
  endpoints: z
    .array(
      z.strictObject({
        endpoint: z.string().min(1),
        /** What the model is called there; the actor's `model` unless given. */
        model: z.string().min(1).optional(),
        /** Its share of the requests is that of its weight among all. */
        weight: positive.default(1),
      }),
    )
    .min(1)
    .optional(),
  model: z.string().min(1),
  /** Null sends none, so that the endpoint's own holds. */
  temperature: z.number().min(0).max(2).nullable().default(0.7),
  maxTokens: count.default(4096),
  /** What the endpoint calls that limit; learnt from its first refusal unless given. */
  maxTokensField: z.enum(['max_tokens', 'max_completion_tokens']).optional(),
  /** Whether requests carry a seed, which makes answers repeatable where the endpoint heeds it; false is learnt too. */
  seed: z.boolean().default(true),
  /** Further fields of every request, such as chat_template_kwargs: {enable_thinking: false}. */
  extraBody: extraBody.optional(),
  /** Requests under way at once, for each process of the actor. */
  concurrency: count.default(8),
  /** One request's deadline, tries included. */
  timeoutMs: count.max(86_400_000).default(120_000),
  /** What all processes of the actor together may spend in the run, in the currency of the prices; then they pause. */
  spendCeiling: positive.optional(),
  /** Sent before the prompt where it is given; an empty one too, which keeps a template from putting words of its own there. */
  system: z.string().optional(),
  /** Whether a malformed answer is worth one more try, by another seed. */
  retryMalformed: z.boolean().default(true),
  /** The run ends where so many first answers give no pair at all, before more is paid for; 0 lets it go on. */
  maxFirstUnusable: z.int().nonnegative().default(16),
};
/** How an actor that computes does; `threads` of each process, a share of `cores` unless given. */
const computing = {threads: count.optional()};
/** What an evaluator may spend in the run, on judges and on a policy behind an endpoint, all its processes together. */
const judged = {spendCeiling: positive.optional()};
const counted = z.strictObject({count: processes.default(1)});

/** What follows for an actor's settings from the table of actors: one that asks has an endpoint, and so on. */
type Settings<N extends ActorName> = {readonly count: number} & (N extends AskingActor
  ? z.infer<z.ZodObject<typeof asking>>
  : N extends Asker
    ? {readonly endpoint?: string | undefined}
    : {readonly endpoint?: never}) &
  (N extends ComputingActor ? {readonly threads?: number | undefined} : {readonly threads?: never});

/** `rollback` pauses a run that has no change to take back. */
const alertAction = z.enum(['warn', 'pause', 'rollback', 'off']).default('warn');

export const fleetSchema = z.strictObject({
  run: z.string().regex(RUN_PATTERN, 'letters, digits, - and _ only, at most 64').optional(),
  /** Orders prompts, samples and the teacher's moods: the same seed and order of pairs give the same weights. */
  seed: z.int().nonnegative().default(0),
  /** How pairs are made: a row of the table of datasets. */
  dataset: z.enum(datasetNames).default('clair'),
  /** Several recipes at once, each for its share of the prompts, in the place of `dataset`. */
  datasets: recipes.optional(),
  /** What tensors run on. */
  backend: z.enum(backendNames).default('auto'),
  /** Where: `webgpu` is a GPU of any vendor, through the backend `onnx`; each actor that computes takes its share. */
  device: z.enum(devices).default('cpu'),
  /** Shared by all actors that compute on one machine; those of the machine unless given. */
  cores: count.optional(),
  /** Of the learner's and the reference's matrix products; `bfloat16` on `tensorflow` only. */
  precision: z.enum(precisions).default('float32'),
  prompts: z.union([
    /** The arithmetic demonstration's prompts, made by rule. */
    z.strictObject({demo: z.literal(true), count}),
    /** A data file's or folder's, or those of a data set on the Hugging Face Hub, each once. */
    z.strictObject({
      file: z.string().min(1),
      /** Of a data folder that has several. */
      split: z.string().min(1).optional(),
      /** That holds the prompt; known by the layout of the file unless given. */
      column: z.string().min(1).optional(),
      /** So many, chosen uniformly and without replacement by the seed; all unless given. */
      count: count.optional(),
    }),
  ]),
  /** Prompts on their way at once: sampled and neither trained on nor rejected. Bounds how far sampling runs ahead. */
  maxOutstandingPrompts: count.default(128),
  /**
   * S: how many policy versions a pair's answers may be behind the policy that trains on them; a pair that would be older is
   * dropped and its prompt's place given to another. 0 runs in turns: sample what the next version needs, train, publish.
   * A version comes every `training.checkpointEverySteps` steps. No bound unless given.
   */
  maxStaleness: z.int().nonnegative().optional(),
  /**
   * How many versions sampling may be ahead of training, at most S: what pairs typically lag. Where it is S itself, a pair
   * that is merely slower than others is dropped; leave room. 1 where `maxStaleness` is given (0 where that is 0); else only
   * `maxOutstandingPrompts` holds sampling back.
   */
  pipelineDepth: z.int().nonnegative().optional(),
  policy: z.strictObject({
    /** A Hugging Face folder, a name on the Hugging Face Hub such as ORG/NAME or ORG/NAME@REVISION, or `demo` for the shipped policy. */
    model: z.string().min(1),
    /** `chat` renders the tokenizer's chat template; `plain` joins prompt and completion as they are. */
    format: z.enum(['chat', 'plain']).default('chat'),
    /** Arguments of the chat template, such as `{enable_thinking: false}`. */
    chatTemplate: templateArgumentsSchema.optional(),
    maxPromptTokens: count.default(512),
    maxCompletionTokens: count.default(512),
    temperature: z.number().min(0).max(2).default(1),
    topP: z.number().gt(0).max(1).default(1),
    topK: z.int().nonnegative().default(0),
    /** When a sampler takes up a new policy: for the next `request`, or with the next `token` of those under way too. */
    pickUp: z.enum(['request', 'token']).default('request'),
    /**
     * Bounds the keys and values of each sampler and evaluator, such as 2GB: so many requests are answered at once, up to the
     * actor's `batchSize`. A quarter of the machine's memory, unless given.
     */
    cacheMemory: memorySize.optional(),
    /**
     * What samplers multiply by: with `int8` by weights of 8 bits, on `onnx` only, in a quarter of their memory. How far the
     * tokens' log-probabilities are from those in float32 is measured: `sampling/logp_difference`.
     */
    samplingPrecision: z.enum(samplingPrecisions).default('float32'),
  }),
  objective,
  training: z.strictObject({
    /**
     * Optimizer steps of the run; the learning rate falls linearly to 0 over them. Left out, as many as train every pair of
     * `maxPairs` or `prompts.count` once an epoch; 0 is what a fleet has until that is worked out.
     */
    steps: count.default(0),
    /** Pairs to make, at most: no more prompts are sent than it takes. */
    maxPairs: count.optional(),
    /** Times each pair is trained on: the first as it arrives, later ones from the log in a seeded order. */
    epochs: count.default(1),
    /** Pairs a step. */
    batchSize: count.default(16),
    /** Pairs whose gradients one process works out at once, at most; as many as memory allows, unless given. */
    microBatchSize: count.optional(),
    /**
     * Bounds the memory of each learner process, such as 4GB: how many pairs it computes at once, and what it computes again in
     * the backward pass, follow from it. Unless given, what is kept for the backward pass is bounded (1.5 GiB): the same on
     * every machine, so that a run's bits do not depend on where its shards are.
     */
    memory: memorySize.optional(),
    /**
     * Into how many parts each batch is cut for learner shards; `actors.learner.count` unless given. The same number gives the
     * same weights with any number of shards, and so many of them can have work.
     */
    parts: count.optional(),
    /** A learner shard that owes the others something in a step for so long is dropped; longer than any step, milliseconds. */
    stepTimeoutMs: count.min(100).default(60_000),
    /** What gradients travel as between learner shards, and what a step adds to the weights; with float32 the weights themselves. */
    wire: z.enum(['float32', 'bfloat16']).default('float32'),
    /**
     * A new LoRA adapter learns in the place of the weights; checkpoints are then PEFT folders. `alpha` is twice the rank and
     * `targets` are all linear layers, unless given.
     */
    lora: z
      .strictObject({
        rank: count,
        alpha: positive.optional(),
        dropout: z.number().min(0).lt(1).default(0),
        targets: z.array(z.string().min(1)).min(1).optional(),
      })
      .optional(),
    warmupSteps: z.int().nonnegative().default(0),
    maxGradNorm: positive.default(1),
    checkpointEverySteps: count.default(50),
    /**
     * Which checkpoints stay; all of them unless given. The newest `last`, the `best` by score, and each whose policy version
     * is a multiple of `every`; besides, always, what is gone on from and what has no score yet.
     */
    keep: z
      .strictObject({
        last: count.default(2),
        best: z.int().nonnegative().default(1),
        every: count.optional(),
      })
      .optional(),
    /** How checkpoints reach other machines: over the `bus`, or in a run `folder` that all of them share. */
    share: z.enum(['bus', 'folder']).default('bus'),
  }),
  /** What checkpoints are scored by, one suite or a list of them; without it none is, and the fleet has no evaluator. */
  evaluation: evaluationSchema({...asking, ...verdict}).optional(),
  /** What happens when a sign of reward hacking is seen: the run is told of and goes on, or is paused, or its newest change is taken back. */
  alerts: z
    .strictObject(
      Object.fromEntries(ruleNames.map((rule) => [rule, alertAction])) as Record<
        RuleName,
        typeof alertAction
      >,
    )
    .prefault({}),
  /** Of the advice which anchor the pairs want, which is made at every checkpoint. */
  anchor: anchor.prefault({}),
  /** Appendix A.2: a revision's length in characters over the original's. */
  filter: filter.prefault({}),
  /** Copies of each stream, where the NATS server is one of a cluster; 3 there, unless given. */
  replicas: z.union([z.literal(1), z.literal(3), z.literal(5)]).optional(),
  /** What the run may spend on models: at the ceiling nothing more is asked until it is raised. Prices are the endpoints' own. */
  spend: z.strictObject({ceiling: positive, currency: currency.default('USD')}).optional(),
  endpoints: z.record(z.string().regex(/^[a-z][a-z0-9_-]*$/), endpoint).default({}),
  supervision: z
    .strictObject({
      /**
       * An actor that holds work and brings none of it forward for so long, or is not heard of, is started again.
       * A request's own deadline comes on top; while an actor computes, 20 times as long; milliseconds.
       */
      stuckAfterMs: count.min(1000).default(60_000),
      /** How long a NATS server that is away, or stands still, is waited for before the run ends; milliseconds. */
      serverAwayMs: count.min(1000).default(600_000),
    })
    .prefault({}),
  actors: z.strictObject({
    sampler: z
      .strictObject({
        count: processes.min(1).default(1),
        /** Answers computed at once; 32, unless given. */
        batchSize: count.optional(),
        ...computing,
        ...policyEndpoint,
        /** What answers of a policy behind an endpoint may cost in the run; then it pauses. */
        spendCeiling: positive.optional(),
      })
      .prefault({}),
    reviser: z
      .strictObject({
        ...asking,
        /** What the reviser is told, in place of the built-in words; the task, the answer and the form to keep follow it. */
        instructions: z.string().min(1).optional(),
        ...reading(['revision']),
        /** `plain` asks for the revision alone: for models that keep to no form. */
        form: z.enum(['marked', 'plain']).default('marked'),
        /** Shown before each question, as turns that were answered well. */
        examples: examples.default([]),
      })
      .optional(),
    answerer: z
      .strictObject({
        ...asking,
        /** Of `judge_off_policy`: who answers the prompts that come without answers, at the same endpoint. */
        others: z.array(z.string().min(1)).min(2).max(8).optional(),
      })
      .optional(),
    judge: z
      .strictObject({
        ...asking,
        ...reading(['first', 'second']),
        ...verdict,
        /** In which orders two answers are shown: `both`, of which one preference has to come, or one by the `seeded` prompt. */
        orders: z.enum(['both', 'seeded']).default('both'),
      })
      .optional(),
    filter: counted.prefault({}),
    reference: z.strictObject({count: processes.min(1).default(1), ...computing}).prefault({}),
    /** Shards that train as one, at most `training.parts` of them; 0 where pairs are made and nobody trains. */
    learner: z.strictObject({count: processes.default(1), ...computing}).prefault({}),
    /** None where there is no `evaluation`. */
    evaluator: z
      .strictObject({
        count: processes.default(1),
        /** Answers computed at once; 64, unless given. */
        batchSize: count.optional(),
        ...judged,
        ...computing,
        ...testedEndpoint,
      })
      .prefault({}),
  } satisfies {readonly [N in ActorName]: z.ZodType<Settings<N> | undefined>}),
});

/** A fleet as it runs: every default filled in. */
export type Fleet = z.infer<typeof fleetSchema>;
/** A fleet as people write it. */
export type FleetInput = z.input<typeof fleetSchema>;
export type Endpoint = z.infer<typeof endpoint>;
