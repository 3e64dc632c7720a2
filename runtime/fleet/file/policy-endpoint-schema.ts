/** What fleet.yaml may say of a policy that is sampled behind an endpoint, and of the fields of any request. */
import * as z from 'zod';

const count = z.int().positive();

/** Refuses fields of a request that have keys of their own, or that would change what an answer is. */
const notOurs = (
  fields: object,
  {addIssue}: {addIssue: (issue: {code: 'custom'; path: string[]; message: string}) => void},
) => {
  const own = [
    'model',
    'messages',
    'temperature',
    'max_tokens',
    'max_completion_tokens',
    'seed',
    'stream',
    'n',
  ];
  for (const field of own)
    if (field in fields)
      addIssue({
        code: 'custom',
        path: [field],
        message: 'a field that is set already; extraBody is for others',
      });
};

/** Further fields of every request. */
export const extraBody = z.record(z.string(), z.json()).superRefine(notOurs);

const adapters = {
  /** Where they are written for the server; `adapters` of the run's folder, unless given. */
  folder: z.string().min(1).optional(),
  /** What the server calls that folder; the same, unless given. */
  serverFolder: z.string().min(1).optional(),
};

/**
 * How an actor asks the policy behind an endpoint, vLLM or SGLang, in the place of computing it: each checkpoint is an adapter that
 * the server loads. What is left out has no default here: without an endpoint nothing of it may be said.
 */
const asked = {
  /** A key of `endpoints`; the policy is computed here unless given. */
  endpoint: z.string().min(1).optional(),
  /** What the server calls the policy before training. */
  model: z.string().min(1).optional(),
  /** Whether requests carry a seed, which makes answers repeatable where the server heeds it; true unless given. */
  seed: z.boolean().optional(),
  extraBody: extraBody.optional(),
  /** Requests under way at once; 32 unless given. */
  concurrency: count.optional(),
  /** One request's deadline, tries included; 120000 unless given. */
  timeoutMs: count.max(86_400_000).optional(),
};

/**
 * Of the sampler: `policy.model` is then what the learner trains and the reference scores by. How it is sampled is `policy`'s to
 * say.
 */
export const policyEndpoint = {
  ...asked,
  adapters: z
    .strictObject({
      /** False asks for the policy before training throughout, as where all weights learn. */
      load: z.boolean().default(true),
      ...adapters,
    })
    .prefault({}),
};

/** Of the evaluator, which asks each checkpoint's adapter alone. */
export const testedEndpoint = {...asked, adapters: z.strictObject(adapters).prefault({})};
