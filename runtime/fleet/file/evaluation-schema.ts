/** What fleet.yaml may say under `evaluation`: one suite, or several, each with its own options and when it scores. */
import * as z from 'zod';
import {type SuiteChoice, type SuiteInput, suiteOptions} from '../../suites/suites.js';

const count = z.int().positive();

/** What becomes part of metrics, messages and charts. */
const NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
/** What metrics beside the scores are called. */
const TAKEN = ['margin', 'seconds'];

/** What a judge says of how it is asked, as an actor that asks a model says it. */
type Asking = Readonly<
  Record<
    | 'maxTokensField'
    | 'seed'
    | 'extraBody'
    | 'concurrency'
    | 'timeoutMs'
    | 'form'
    | 'structured'
    | 'maxFirstUnusable',
    z.ZodType
  >
>;

/** A model behind an endpoint that grades answers. */
const judge = <A extends Asking>({
  maxTokensField,
  seed,
  extraBody,
  concurrency,
  timeoutMs,
  form,
  structured,
  maxFirstUnusable,
}: A) =>
  z.strictObject({
    /** A key of `endpoints`. */
    endpoint: z.string().min(1),
    model: z.string().min(1),
    ...({
      ...{maxTokensField, seed, extraBody, concurrency, timeoutMs},
      ...{form, structured, maxFirstUnusable},
    } as Pick<A, keyof Asking>),
    temperature: z.number().min(0).max(2).nullable().default(0),
    /** Of what it says. */
    maxTokens: count.default(1024),
  });

const common = <A extends Asking>(asking: A) => ({
  /** What its scores are called; the suite's word unless given. */
  name: z
    .string()
    .regex(NAME, 'is letters, digits, _, . and -, after a letter; at most 64')
    .refine((name) => !TAKEN.includes(name), `is none of ${TAKEN.join(', ')}`)
    .optional(),
  /**
   * Which checkpoints it scores: `every` one unless given, the `latest` where newer ones come meanwhile, or each whose policy
   * version is a multiple of `every`. The policy before training and the last checkpoint it always does.
   */
  when: z.union([z.enum(['every', 'latest']), z.strictObject({every: count})]).optional(),
  /** Of answers that are sampled; that of the fleet unless given. */
  seed: z.int().nonnegative().optional(),
  judge: judge(asking).optional(),
  /** Of several suites, whether this one says which checkpoint is the best; the first unless one says so. By its score, or a metric of it. */
  best: z
    .union([
      z.boolean(),
      z.strictObject({
        metric: z.string().min(1),
        /** What is known of the metric, unless given; else `higher`. */
        better: z.enum(['higher', 'lower']).optional(),
      }),
    ])
    .optional(),
});

type Common<A extends Asking> = z.ZodObject<ReturnType<typeof common<A>>>;

/** @param asking what an actor that asks a model may say of how. */
export const evaluationSchema = <A extends Asking>(asking: A) => {
  const more = common(asking);
  const [first, ...others] = suiteOptions.map((options) => options.extend(more));
  if (first === undefined) throw new Error('there are no suites');
  const suite = z.discriminatedUnion('suite', [first, ...others]) as unknown as z.ZodType<
    SuiteChoice & z.infer<Common<A>>,
    SuiteInput & z.input<Common<A>>
  >;
  return z.union([suite, z.array(suite).min(1).max(64)]);
};
