/** The thread of `trial.ts`: it loads and tries a folder's tokenizer and template, and says where it is, so that one without an end is named. */
import {join} from 'node:path';
import {parentPort, workerData} from 'node:worker_threads';
import {messageOf} from '../../errors.js';
import {readText} from '../../json/json-file.js';
import type {ChatRenderer, TemplateArguments} from '../text/chat-template.js';
import {type Message, wordsOf} from '../text/conversations.js';
import type {TextFormat} from '../text/encode.js';
import {loadTokenizer, TokenBeyondModel, type Tokenizer} from '../text/tokenizer.js';
import {probesFor} from './trial-texts.js';

export interface TrialRequest {
  readonly directory: string;
  readonly format: TextFormat;
  readonly chatTemplate: TemplateArguments;
}

/** What a trial found. */
export interface Tried {
  readonly hasTemplate: boolean;
}

export type TrialWord =
  /** What comes next, in words that a line about it begins with. */
  | {readonly kind: 'at'; readonly what: string}
  | {readonly kind: 'tried'; readonly tried: Tried}
  | {readonly kind: 'failed'; readonly message: string}
  /** It takes more processor time than it may. */
  | {readonly kind: 'late'}
  /** The thread did not come to its end. */
  | {readonly kind: 'died'; readonly reason: string};

/** Tokens or characters, at most, that are made of each character of a short text; templates add instructions of a few thousand. */
const MOST_PER_CHARACTER = 64;
const MOST_BESIDE = 100_000;

const say = (word: TrialWord): void => parentPort?.postMessage(word);

const trial = async ({directory, format, chatTemplate}: TrialRequest): Promise<Tried> => {
  const path = join(directory, 'tokenizer.json');
  say({kind: 'at', what: `${path}: loading it`});
  const tokenizer = await loadTokenizer(directory);
  const {renderChat} = tokenizer;
  if (renderChat !== undefined && format === 'chat') {
    say({kind: 'at', what: `${directory}: rendering the chat template over a few words`});
    const render: ChatRenderer = (messages, goesOn) =>
      renderChat(messages, goesOn, {arguments: chatTemplate});
    renderAll(directory, render);
    tokenizer.encode(render([{role: 'user', content: 'Which?'}], true), {specialTokens: false});
  }
  say({kind: 'at', what: `${path}: encoding a few words`});
  for (const text of probesFor(await readText(path, Number.POSITIVE_INFINITY)))
    tryText(path, tokenizer, text);
  return {hasTemplate: renderChat !== undefined};
};

/** What a run renders must be rendered; other conversations may be refused, as templates do. */
const renderAll = (directory: string, render: ChatRenderer): void => {
  const user: Message = {role: 'user', content: 'Which is the third planet?'};
  const assistant: Message = {role: 'assistant', content: 'The third planet is the Earth.'};
  const system: Message = {role: 'system', content: 'You are brief.'};
  for (const messages of [[user], [user, assistant]])
    requireShort(directory, messages, render(messages, messages.at(-1) === user));
  for (const messages of [
    [system, user],
    [system, user, assistant, user, assistant, user],
  ]) {
    let text: string;
    try {
      text = render(messages, messages.at(-1) === user);
    } catch {
      continue;
    }
    requireShort(directory, messages, text);
  }
};

const requireShort = (directory: string, messages: readonly Message[], text: string): void => {
  const said = messages.reduce((sum, message) => sum + wordsOf(message).length, 0);
  if (text.length <= said * MOST_PER_CHARACTER + MOST_BESIDE) return;
  throw new Error(
    `${directory}: the chat template makes ${text.length} characters of ${said}; copy it from whoever made the model`,
  );
};

/** How long it takes, how much comes of it, and whether the model has it: a vocabulary need not have these texts. */
const tryText = (path: string, tokenizer: Tokenizer, text: string): void => {
  let ids: number[];
  try {
    ids = tokenizer.encode(text);
    tokenizer.decode(ids);
  } catch (error) {
    if (error instanceof TokenBeyondModel) throw error;
    if (error instanceof RangeError)
      throw new Error(`${path}: a few words are too much for it: ${error.message}`);
    return;
  }
  if (ids.length > text.length * MOST_PER_CHARACTER + MOST_BESIDE)
    throw new Error(`${path}: makes ${ids.length} tokens of ${text.length} characters`);
};

try {
  say({kind: 'tried', tried: await trial(workerData as TrialRequest)});
} catch (error) {
  say({kind: 'failed', message: messageOf(error)});
}
