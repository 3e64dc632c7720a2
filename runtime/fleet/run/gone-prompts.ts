/** Which prompts of a run went out, as its folder has what came of them; and those of which nothing is known. */
import {RejectionReason} from '../../../proto/messages.js';
import type {MessageOf} from '../../bus/channels/subjects.js';
import {TerminalError} from '../../errors.js';
import {fileOf} from '../../metrics/lines.js';
import {isForeignPrompt} from '../feed/published.js';
import type {Fleet} from '../file/schema.js';
import {linesOf} from './recorded.js';

/** Prompts that went out, and what is known of them. */
export interface Gone {
  /** Prompts that went out, as far as anything came of those after them. */
  readonly published: number;
  readonly foreign: number;
  /** Sequences of pairs whose lines are missing. */
  readonly missing: readonly number[];
  /** Where pairs are missing, the prompts that may have gone out and of which nothing came; else none. */
  readonly unknown: readonly string[];
}

/** @throws TerminalError naming a line that no run of so many prompts has. */
export const promptsIn = async ({
  runFolder,
  prompts,
  fleet,
}: {
  readonly runFolder: string;
  readonly prompts: number;
  readonly fleet: Pick<Fleet, 'maxOutstandingPrompts'>;
}): Promise<Gone> => {
  let published = 0;
  let foreign = 0;
  const missing: number[] = [];
  const ended = new Set<string>();
  let next = 1;
  for (const log of ['pairs', 'held_out', 'rejections'] as const)
    for await (const {message, sequence, where} of linesOf(runFolder, log)) {
      if (log === 'pairs') {
        if (sequence - next > prompts)
          throw new TerminalError(
            `${where}: has sequence ${sequence} where ${next} is next, and the run has ${prompts} prompts; put the line back as it was`,
          );
        for (; next < sequence; next += 1) missing.push(next);
        next = sequence + 1;
      }
      const {promptId} = message;
      if ('channel' in message && isForeignPrompt(message)) foreign += 1;
      if (!/^\d+$/.test(promptId) || Number(promptId) >= prompts) continue;
      published = Math.max(published, Number(promptId) + 1);
      ended.add(promptId);
    }
  const last = missing.at(-1);
  if (last === undefined) return {published, foreign, missing, unknown: []};
  // When the last of them was stored, no more prompts had gone out than pairs were made up to it, prompts had come to another
  // end by now, and prompts may be on their way at once.
  const mostBefore = last + (ended.size - (next - 1 - missing.length)) + fleet.maxOutstandingPrompts;
  published = Math.min(prompts, Math.max(published, mostBefore));
  const unknown = Array.from({length: published}, (_, id) => String(id)).filter((id) => !ended.has(id));
  return {published, foreign, missing, unknown};
};

/** What is missing, for a person. */
export const lackOf = (missing: readonly number[], unknown: readonly string[]): string =>
  `${fileOf('pairs')} lacks ${missing.length} (message ${rangesOf(missing)}): training goes on with those that are there, and ` +
  `${unknown.length} prompts of which nothing is known, theirs among them, do not go out again`;

/** Such as `5-7, 9`, of numbers in order. */
const rangesOf = (numbers: readonly number[]): string => {
  const ranges: [number, number][] = [];
  for (const number of numbers) {
    const range = ranges.at(-1);
    if (range?.[1] === number - 1) range[1] = number;
    else ranges.push([number, number]);
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(', ');
};

/** @param isPair whether it stands for one of the pairs that are missing: a place in their log counts as one that was used. */
export const unknownEnd = (promptId: string, isPair: boolean): MessageOf<'rejections'> => ({
  promptId,
  actor: 'up',
  reason: RejectionReason.REJECTION_REASON_UNREADABLE,
  ...(isPair ? {channel: 'pairs'} : {}),
  detail: `what became of it is not known: ${fileOf('pairs')} has lost lines, and it may have been trained on`,
});
