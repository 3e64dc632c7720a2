/**
 * A model folder's own programs, tried once before anything stands on them: the regular expressions of its tokenizer.json
 * and its chat template may take for ever, or all memory, or bring down V8 itself. So they are tried in a process of their own.
 */
import {fork} from 'node:child_process';
import {join} from 'node:path';
import {TerminalError} from '../../errors.js';
import {codeRoot} from '../../paths.js';
import type {TemplateArguments} from '../text/chat-template.js';
import type {TextFormat} from '../text/encode.js';
import type {TrialWord, Tried} from './trial-thread.js';
import {triedBefore} from './tried-before.js';

/** Processor time: loading the largest vocabularies takes a few seconds, and all the rest next to none. */
const LIMIT_MS = 30_000;
/** By the clock, as many times as long: where a machine gives the trial no more than that, or its disk does not answer. */
const CLOCK_FACTOR = 20;

export interface TrialOptions {
  /** With `plain`, the chat template is not rendered. */
  readonly format: TextFormat;
  /** Arguments of the template. */
  readonly chatTemplate?: TemplateArguments | undefined;
  /** All of it together may take so much processor time; half a minute unless given. */
  readonly limitMs?: number;
}

/**
 * Loads a folder's tokenizer, renders short conversations and encodes short texts; or finds that it was done before.
 *
 * @throws TerminalError, in one line that names the file, where that fails, takes too long or too much memory, or makes of
 * a few words what nobody could train on.
 */
export async function tryModelText(
  directory: string,
  {format, chatTemplate = {}, limitMs = LIMIT_MS}: TrialOptions,
): Promise<Tried> {
  const before = await triedBefore(directory, {format, chatTemplate});
  if (before.tried !== undefined) return before.tried;
  const tried = await tryInProcess(directory, {format, chatTemplate, limitMs});
  await before.keep(tried);
  return tried;
}

const tryInProcess = async (
  directory: string,
  {format, chatTemplate, limitMs}: Required<TrialOptions>,
): Promise<Tried> => {
  const given = [directory, format, JSON.stringify(chatTemplate), String(limitMs)];
  const child = fork(join(codeRoot, 'runtime/model/trial/trial-process.js'), given, {
    execArgv: [],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  let at = directory;
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Tried>((resolve, reject) => {
      const fail = (message: string): void => reject(new TerminalError(message));
      child.on('message', (word: TrialWord) => {
        if (word.kind === 'at') at = word.what;
        else if (word.kind === 'tried') resolve(word.tried);
        else if (word.kind === 'failed') fail(word.message);
        else if (word.kind === 'late')
          fail(`${at} takes over ${limitMs / 1000} s of processor time; ${REMEDY}`);
        else fail(`${at} ends in ${word.reason}; ${REMEDY}`);
      });
      child.on('error', (error) => fail(`${at}: ${error.message}`));
      // Its last words come before it is disconnected, which may be after its end.
      child.on('disconnect', () => fail(`${at} ends the process that tries it; ${REMEDY}`));
      const clockMs = limitMs * CLOCK_FACTOR;
      timer = setTimeout(() => fail(`${at} takes over ${clockMs / 1000} s; ${REMEDY}`), clockMs);
    });
  } finally {
    clearTimeout(timer);
    child.kill('SIGKILL');
  }
};

const REMEDY = 'copy the files again from whoever made the model';
