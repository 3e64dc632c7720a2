/** Watches the first verdicts of a judge: where none of them can be had, those that follow would be paid for in vain. */
import {answerRemedy} from '../actor/answer-remedy.js';
import {settingOf} from '../endpoints/explain.js';
import {TerminalError} from '../errors.js';
import {excerpt} from '../text/excerpt.js';
import {type Judge, unscoredBecause, type Verdict} from './judge.js';

/**
 * The judge of one evaluation.
 *
 * @param isProven whether an item was scored by it before: then it is asked on, whatever it says.
 * @returns one whose `ask` throws a TerminalError once none of its first verdicts was read, however many questions are under way.
 */
export const watchFirstVerdicts = (judge: Judge, isProven = false): Judge => {
  const {maxFirstUnusable: limit = 0} = judge;
  if (limit === 0 || isProven) return judge;
  const counts = new Map<string, number>();
  let isUseful = false;
  let complaint: string | undefined;
  const requireHope = (): void => {
    if (complaint !== undefined) throw new TerminalError(complaint);
  };
  return {
    ...judge,
    async ask(question, read) {
      requireHope();
      const verdict = await judge.ask(question, read);
      if (verdict.kind === 'read') isUseful = true;
      if (isUseful || verdict.kind === 'read') return verdict;
      const reason = unscoredBecause(verdict);
      counts.set(reason, (counts.get(reason) ?? 0) + 1);
      if ([...counts.values()].reduce((sum, each) => sum + each, 0) >= limit)
        complaint ??= complaintOf(judge, counts, verdict);
      requireHope();
      return verdict;
    },
  };
};

/** One line: how many, why, an example and what to change. */
const complaintOf = (
  {model, key = ''}: Judge,
  counts: ReadonlyMap<string, number>,
  verdict: Exclude<Verdict<unknown>, {readonly kind: 'read'}>,
): string => {
  const ranked = [...counts].sort(([, one], [, other]) => other - one);
  const all = ranked.reduce((sum, [, times]) => sum + times, 0);
  const said = verdict.kind === 'blocked' ? verdict.reason : verdict.reply;
  const example = excerpt(said.replaceAll(/[\s\p{Cc}\p{Cf}]+/gu, ' ').trim(), 160);
  return (
    `none of the first ${all} verdicts of ${model} can be read: ${ranked.map(([reason, times]) => `${times} × ${reason}`).join('; ')}` +
    `${example === '' ? '' : `; the last one begins: ${example}`}` +
    `; ${answerRemedy(key, ranked[0]?.[0] ?? '')}, or set ${settingOf(key, 'maxFirstUnusable')} to 0 to ask on whatever it says`
  );
};
