/**
 * Answers that were judged before: what is known for nothing of how chosen answers compare with the policy's.
 *
 * A row sets answers to one prompt against each other by scores; it counts where one of them is the policy's, by its name, and
 * another is a pair's chosen answer, word for word.
 */
import {createHash} from 'node:crypto';
import type {Comparisons} from '../../anchor/advice.js';

/** An answer with its score, higher better among those of its row. */
export interface RecordedAnswer {
  readonly text: string;
  readonly model?: string | undefined;
  readonly score?: number | undefined;
}

export interface Recorded {
  /** Takes a row in. */
  add(prompt: string, answers: readonly RecordedAnswer[]): void;
  /** Compares a pair's chosen answer, where a row did. */
  compare(prompt: string, chosen: string): void;
  /** Rows in which the policy has an answer with a score. */
  readonly rows: number;
  readonly comparisons: Comparisons;
}

/** Memory holds a hash for each answer that was compared. */
export const recorded = (policy: string): Recorded => {
  const outcomes = new Map<string, number>();
  let rows = 0;
  const counts = {wins: 0, losses: 0, undecided: 0};
  return {
    add(prompt, answers) {
      const own = answers.find(({model, score}) => model === policy && score !== undefined);
      if (own?.score === undefined) return;
      rows += 1;
      for (const {text, score, model} of answers)
        if (model !== policy && score !== undefined)
          outcomes.set(keyOf(prompt, text), Math.sign(score - own.score));
    },
    compare(prompt, chosen) {
      const outcome = outcomes.get(keyOf(prompt, chosen));
      if (outcome === undefined) return;
      counts[outcome > 0 ? 'wins' : outcome < 0 ? 'losses' : 'undecided'] += 1;
    },
    get rows() {
      return rows;
    },
    get comparisons() {
      return {...counts, by: `recorded scores against ${policy}`};
    },
  };
};

/** Outer white space is often lost on the way. */
const keyOf = (prompt: string, answer: string): string =>
  createHash('sha256').update(`${prompt.trim()}\u0000${answer.trim()}`).digest('base64');
