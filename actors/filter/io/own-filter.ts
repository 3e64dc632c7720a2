/**
 * A user's filter: a module whose default export is a function of a pair that returns why the pair is rejected, and nothing where
 * it is not. It runs in a thread of its own, one pair after the other, each with a limit on its time.
 */
import {join} from 'node:path';
import {Worker} from 'node:worker_threads';
import type {Turn} from '../../../proto/messages.js';
import {messageOf, TerminalError} from '../../../runtime/errors.js';
import {codeRoot} from '../../../runtime/paths.js';

/** What the function is given. */
export interface FilteredPair {
  readonly prompt: string;
  /** The turns before the prompt; none of a prompt that is one user turn. */
  readonly history: readonly Turn[];
  readonly chosen: string;
  readonly rejected: string;
  /** What the model behind the endpoint gave as its reasons. */
  readonly rationale: string;
  readonly source: string;
}

export interface OwnFilter {
  /** Why the pair is rejected: in the module's words, or since it failed or took too long; undefined where it is not. */
  reasonAgainst(pair: FilteredPair): Promise<string | undefined>;
  close(): Promise<void>;
}

const LIMIT_MS = 2000;
const START_LIMIT_MS = 30_000;

type Word =
  | {readonly kind: 'ready'}
  | {readonly kind: 'said'; readonly said: string | undefined}
  | {readonly kind: 'failed'; readonly message: string};

/**
 * Loads the module.
 *
 * @param limitMs for one pair; longer than any that a sound function takes.
 * @throws TerminalError that names the module where it does not load, or exports no function.
 */
export const openOwnFilter = async (module: string, limitMs = LIMIT_MS): Promise<OwnFilter> => {
  let worker: Worker | undefined;
  const start = async (): Promise<Worker> => {
    const thread = new Worker(join(codeRoot, 'actors/filter/io/own-filter-thread.js'), {
      workerData: module,
      stdout: true,
      stderr: true,
    });
    // What nobody reads would be kept for ever.
    thread.stdout.resume();
    thread.stderr.resume();
    // The module may fail after it has answered: the next pair gets a new thread.
    thread.on('error', () => undefined);
    thread.on('exit', () => {
      if (worker === thread) worker = undefined;
    });
    try {
      await wordOf(thread, START_LIMIT_MS);
      return thread;
    } catch (error) {
      await thread.terminate();
      throw new TerminalError(`filter.module: ${module}: ${messageOf(error)}`);
    }
  };
  worker = await start();

  const ask = async (pair: FilteredPair): Promise<string | undefined> => {
    const asked = worker ?? (await start());
    worker = asked;
    const word = wordOf(asked, limitMs);
    asked.postMessage(pair);
    try {
      const said = await word;
      if (said.kind === 'failed') return `filter.module failed: ${said.message}`;
      return said.kind === 'said' ? said.said : undefined;
    } catch (error) {
      worker = undefined;
      await asked.terminate();
      return `filter.module: ${messageOf(error)}`;
    }
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    reasonAgainst: (pair) => {
      const asked = last.then(() => ask(pair));
      last = asked.catch(() => undefined);
      return asked;
    },
    close: async () => {
      await worker?.terminate();
    },
  };
};

/** The next word of a thread. Rejects where it ends, or says nothing for too long. */
const wordOf = (worker: Worker, limitMs: number): Promise<Word> => {
  const over = new AbortController();
  return new Promise<Word>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs} ms`)), limitMs);
    const onMessage = (word: Word): void => resolve(word);
    const onExit = (): void => reject(new Error('its thread ended'));
    worker.on('message', onMessage).on('error', reject).on('exit', onExit);
    over.signal.addEventListener('abort', () => {
      clearTimeout(timer);
      worker.off('message', onMessage).off('error', reject).off('exit', onExit);
    });
  }).finally(() => over.abort());
};
