/**
 * A content-addressed cache of answers, in front of an endpoint: what was asked and answered before, by this run before it
 * was killed or by another one, is not paid for again. Only answers are kept, never failures; a changed address, model,
 * temperature, limit, further field, prompt, example, form or seed is another question.
 */
import {createHash} from 'node:crypto';
import {mkdir, readFile} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import * as z from 'zod';
import {messageOf} from '../errors.js';
import {writeWhole} from '../machine/whole-file.js';
import type {ChatRequest, ChatSettings} from './chat.js';
import type {Endpoint, EndpointReply} from './endpoint.js';
import type {Answer} from './reply.js';

/** Where the actors of a run keep answers: beside the runs, which share them. No run's id begins with a dot. */
export const answersFolderOf = (runFolder: string): string => join(dirname(runFolder), '.answers');

/** What an answer depends on besides the request. */
export type Asked = Pick<ChatSettings, 'baseUrl' | 'model' | 'temperature' | 'maxTokens' | 'extraBody'>;

/** An answer as a file has it: what is missing there is undefined. */
type Kept = Omit<Answer, 'reasoning' | 'emptyReason'> & {readonly reasoning?: string | undefined};

const answerSchema = z.object({
  kind: z.literal('answer'),
  text: z.string().min(1),
  reasoning: z.string().optional(),
  finishReason: z.string(),
  model: z.string(),
  requestId: z.string(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  seconds: z.number(),
}) satisfies z.ZodType<Kept>;

export interface CachedEndpoint extends Endpoint {
  /** The answer that is kept, without asking. */
  kept(request: ChatRequest): Promise<EndpointReply | undefined>;
}

/**
 * Asks `endpoint` only what `folder` has no answer to. A file that cannot be read counts as none, and one that cannot be
 * written is said once to `warn`: without the cache a run costs more, and is the same.
 *
 * @returns an endpoint whose replies are `cached` where nothing was sent for them.
 */
export const withAnswerCache = (
  endpoint: Endpoint,
  asked: Asked,
  {folder, warn}: {readonly folder: string; readonly warn: (line: string) => void},
): CachedEndpoint => {
  let hasWarned = false;
  const keep = async (path: string, answer: Answer): Promise<void> => {
    // Before anything else is done with the answer: only one that was in hand at a kill is asked for again.
    try {
      await mkdir(dirname(path), {recursive: true});
      await writeWhole(path, JSON.stringify(answer));
    } catch (error) {
      if (!hasWarned) warn(`answers are not kept for another time: ${messageOf(error)}`);
      hasWarned = true;
    }
  };
  const kept: CachedEndpoint['kept'] = async (request) => {
    const known = await answerIn(join(folder, fileOf(asked, request)));
    return known === undefined ? undefined : {...known, cached: true};
  };
  return {
    kept,
    async complete(request) {
      const path = join(folder, fileOf(asked, request));
      const known = await kept(request);
      if (known !== undefined) return known;
      const reply = await endpoint.complete(request);
      // An empty answer is more often a provider's fault than a model's word.
      if (reply.kind === 'answer' && reply.text !== '') await keep(path, reply);
      return reply;
    },
  };
};

/** Two letters of the hash as a folder, so that none holds too many files. */
const fileOf = (asked: Asked, request: ChatRequest): string => {
  const {baseUrl, model, temperature, maxTokens, extraBody = {}} = asked;
  const {system = null, prompt, seed = null, examples = [], history = [], form} = request;
  const further = [
    ...(Object.keys(extraBody).length === 0 ? [] : [extraBody]),
    ...(examples.length === 0 ? [] : [{examples}]),
    ...(form === undefined ? [] : [{form}]),
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
  const hash = createHash('sha256').update(question).digest('hex');
  return join(hash.slice(0, 2), `${hash.slice(2)}.json`);
};

const answerIn = async (path: string): Promise<Answer | undefined> => {
  try {
    const {reasoning, ...answer} = answerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
    return {...answer, ...(reasoning === undefined ? {} : {reasoning})};
  } catch {
    // Not there, or damaged: it is asked for again and written anew.
    return undefined;
  }
};

/** Counts that an answer was given, or that it was kept. What it cost is counted by the run's account. */
export const countAnswer = (
  count: (metric: string, by?: number) => void,
  answer: Answer & {readonly cached?: true},
): void => {
  if (answer.cached) {
    count('endpoint/cached');
    return;
  }
  count('endpoint/requests');
  count('endpoint/seconds', answer.seconds);
};
