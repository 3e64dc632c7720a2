import test from 'ava';
import {TerminalError} from '../../../runtime/errors.js';
import {watchFirstVerdicts} from '../../../runtime/suites/first-verdicts.js';
import type {Judge, Verdict} from '../../../runtime/suites/judge.js';

/** Its verdicts in order, the last for ever, and how often it is asked. */
const judging = (...verdicts: readonly Verdict<never>[]) => {
  let calls = 0;
  const judge: Judge = {
    ...{model: 'gpt', key: '--judge', maxFirstUnusable: 3},
    ask: async () => verdicts[Math.min(calls++, verdicts.length - 1)] ?? {kind: 'blocked', reason: ''},
  };
  return {judge, calls: () => calls};
};
const cut: Verdict<never> = {kind: 'unreadable', cause: 'cut', tries: 1, reply: 'First,\nI see'};
const form: Verdict<never> = {kind: 'unreadable', tries: 3, reply: 'Good.'};
const read = {kind: 'read', value: 1, reply: '[[1]]'} as unknown as Verdict<never>;
const ask = (judge: Judge) => judge.ask({prompt: 'q'}, () => undefined);

test('A judge none of whose first verdicts can be read is given up, and not asked again', async (t) => {
  const {judge, calls} = judging(cut, form, cut);
  const watched = watchFirstVerdicts(judge);
  await ask(watched);
  await ask(watched);
  const error = await t.throwsAsync(ask(watched), {instanceOf: TerminalError});
  t.is(
    error?.message,
    "none of the first 3 verdicts of gpt can be read: 2 × the judge's answer is cut; 1 × the judge cannot be read; the last one begins: First, I see; raise --judge-max-tokens, or ask for less (--judge-form plain, and --judge-structured where the endpoint can hold answers to JSON), or set --judge-max-first-unusable to 0 to ask on whatever it says",
  );
  await t.throwsAsync(ask(watched), {message: error?.message ?? ''});
  t.is(calls(), 3);
});

test('One verdict that is read proves a judge, as one before it was started again does', async (t) => {
  const {judge, calls} = judging(form, read, form);
  const watched = watchFirstVerdicts(judge);
  for (let at = 0; at < 9; at += 1) await ask(watched);
  const proven = watchFirstVerdicts(judging(form).judge, true);
  for (let at = 0; at < 9; at += 1) await ask(proven);
  const asked = watchFirstVerdicts({...judging(form).judge, maxFirstUnusable: 0});
  for (let at = 0; at < 9; at += 1) await ask(asked);
  t.is(calls(), 9);
});
