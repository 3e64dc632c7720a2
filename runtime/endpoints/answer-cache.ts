/**
 * A content-addressed cache of answers, in front of an endpoint: what was asked and answered before, by this run before it
 * was killed or by another one, is not paid for again. Only answers are kept, never failures; a changed address, model,
 * temperature, limit, further field, prompt, its tokens, example, form or seed is another question.
 */
import {createHash} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {isMissing, messageOf} from '../errors.js';
import {writeUnflushed} from '../machine/whole-file.js';
import type {ChatRequest, ChatSettings} from './chat.js';
import type {Endpoint, EndpointReply} from './endpoint.js';
import type {Answer} from './reply.js';

/** Where the actors of a run keep answers: beside the runs, which share them. No run's id begins with a dot. */
export const answersFolderOf = (runFolder: string): string => join(dirname(runFolder), '.answers');

/** Where machines that share no folder keep answers for each other, by the SHA-256 of what was asked. Either may reject. */
export interface SharedAnswers {
  get(sha256: string): Promise<Uint8Array | undefined>;
  put(sha256: string, answer: Uint8Array): Promise<void>;
}

export interface AnswerCacheOptions {
  readonly folder: string;
  /** Looked in for what the folder has not got; none unless given. */
  readonly shared?: SharedAnswers | undefined;
  readonly warn: (line: string) => void;
  /** Any is, unless given. */
  readonly isWorthKeeping?: ((answer: Answer, request: ChatRequest) => boolean) | undefined;
}

/** What an answer depends on besides the request. */
export type Asked = Pick<ChatSettings, 'baseUrl' | 'model' | 'temperature' | 'maxTokens' | 'extraBody'>;

/** An answer as a file has it: what is missing there is undefined. */
type Kept = Omit<Answer, 'reasoning' | 'emptyReason' | 'tokenIds' | 'tokenLogps'> & {
  readonly [K in 'reasoning' | 'tokenIds' | 'tokenLogps']?: Answer[K] | undefined;
};

/** A line that a pair may carry, as the doors of the bus have it. */
const name = z.string().regex(/^[^\p{Cc}]{0,1024}$/u);
const amount = z.number().nonnegative();
const answerSchema = z.object({
  kind: z.literal('answer'),
  text: z.string().min(1),
  reasoning: z.string().optional(),
  finishReason: z.string(),
  model: name,
  requestId: name,
  promptTokens: amount,
  completionTokens: amount,
  seconds: amount,
  tokenIds: z.array(z.int().nonnegative()).optional(),
  tokenLogps: z.array(z.number()).optional(),
}) satisfies z.ZodType<Kept>;

export interface CachedEndpoint extends Endpoint {
  /** The answer that is kept, without asking. */
  kept(request: ChatRequest): Promise<EndpointReply | undefined>;
}

/**
 * Asks `endpoint` only what neither `folder` nor `shared` has an answer to. A file that cannot be read counts as none, as what
 * others share does that is no answer, and one that cannot be written is said once to `warn`: without the cache a run costs more,
 * and is the same. What comes from others is not kept in the folder: that has what was answered to this machine alone.
 *
 * @returns an endpoint whose replies are `cached` where nothing was sent for them.
 */
export const withAnswerCache = (
  endpoint: Endpoint,
  asked: Asked,
  {folder, shared, warn, isWorthKeeping = () => true}: AnswerCacheOptions,
): CachedEndpoint => {
  const said = new Set<string>();
  /** Says once why, of each kind. */
  const orWarn = async <T>(what: string, work: Promise<T>): Promise<T | undefined> => {
    try {
      return await work;
    } catch (error) {
      if (!said.has(what)) warn(`${what}: ${messageOf(error)}`);
      said.add(what);
      return undefined;
    }
  };
  const keep = async (hash: string, answer: Answer): Promise<void> => {
    const path = fileIn(folder, hash);
    const text = JSON.stringify(answer);
    // An answer that a failing machine loses is paid for again; flushing each took more of the disk and the cores than all else.
    try {
      await writeUnflushed(path, text);
    } catch (error) {
      if (!isMissing(error)) throw error;
      // The first of its folder.
      await mkdir(dirname(path), {recursive: true});
      await writeUnflushed(path, text);
    }
  };
  const keepHere = (hash: string, answer: Answer) =>
    orWarn('answers are not kept for another time', keep(hash, answer));
  const fromOthers = async (hash: string): Promise<Answer | undefined> => {
    const data = shared && (await orWarn('answers of other machines are not looked for', shared.get(hash)));
    return data && answerOf(Buffer.from(data).toString());
  };
  const keptBy = async (hash: string): Promise<EndpointReply | undefined> => {
    const known = (await answerIn(fileIn(folder, hash))) ?? (await fromOthers(hash));
    return known === undefined ? undefined : {...known, cached: true};
  };
  return {
    ...endpoint,
    kept: (request) => keptBy(hashOf(asked, request)),
    async complete(request) {
      const hash = hashOf(asked, request);
      const known = await keptBy(hash);
      if (known !== undefined) return known;
      const reply = await endpoint.complete(request);
      // An empty answer is more often a provider's fault than a model's word.
      if (reply.kind !== 'answer' || reply.text === '' || !isWorthKeeping(reply, request)) return reply;
      // Before anything else is done with the answer: only one that was in hand at a kill is asked for again.
      await keepHere(hash, reply);
      const sent = shared?.put(hash, Buffer.from(JSON.stringify(reply)));
      if (sent !== undefined) await orWarn('answers are not shared with other machines', sent);
      return reply;
    },
  };
};

/** Two letters of the hash as a folder, so that none holds too many files. */
const fileIn = (folder: string, hash: string): string =>
  join(folder, hash.slice(0, 2), `${hash.slice(2)}.json`);

/** SHA-256, hexadecimal, of all that an answer depends on. */
const hashOf = (asked: Asked, request: ChatRequest): string => {
  const {baseUrl, model, temperature, maxTokens, extraBody = {}} = asked;
  const {system = null, prompt, seed = null, examples = [], history = [], form, promptIds, body} = request;
  const further = [
    ...(Object.keys(extraBody).length === 0 ? [] : [extraBody]),
    ...(examples.length === 0 ? [] : [{examples}]),
    ...(form === undefined ? [] : [{form}]),
    ...(promptIds === undefined ? [] : [{promptIds}]),
    ...(body === undefined ? [] : [{body}]),
    ...(history.length === 0 ? [] : [{history: history.map(({role, content}) => ({role, content}))}]),
  ];
  const question = JSON.stringify([
    baseUrl,
    request.model ?? model,
    temperature,
    maxTokens,
    system,
    prompt,
    seed,
    ...further,
  ]);
  return createHash('sha256').update(question).digest('hex');
};

const answerIn = async (path: string): Promise<Answer | undefined> => {
  try {
    return answerOf(await readFile(path, 'utf8'));
  } catch {
    return undefined; // not there
  }
};

/** Undefined of a text that is none, or damaged: it is asked for again and written anew. */
const answerOf = (text: string): Answer | undefined => {
  try {
    const {reasoning, tokenIds, tokenLogps, ...answer} = answerSchema.parse(JSON.parse(text));
    return {
      ...answer,
      ...(reasoning === undefined ? {} : {reasoning}),
      ...(tokenIds === undefined ? {} : {tokenIds}),
      ...(tokenLogps === undefined ? {} : {tokenLogps}),
    };
  } catch {
    return undefined;
  }
};

/** Counts that an answer was given, or that it was kept. That it was asked for, and what it cost, the run's account counts. */
export const countAnswer = (
  count: (metric: string, by?: number) => void,
  answer: Answer & {readonly cached?: true},
): void => {
  if (answer.cached) {
    count('endpoint/cached');
    return;
  }
  count('endpoint/answers');
  count('endpoint/seconds', answer.seconds);
};
