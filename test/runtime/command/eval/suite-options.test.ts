import test from 'ava';
import {evalCommand} from '../../../../runtime/command/eval/eval.js';
import {chosenSuite, flagOf, isEvaluated} from '../../../../runtime/command/eval/suite-options.js';
import {TerminalError} from '../../../../runtime/errors.js';
import {suiteNames, suites} from '../../../../runtime/suites/suites.js';

test('Every option of every suite is an option of the command', (t) => {
  const flags = new Set(evalCommand().options.map(({long}) => long));
  for (const name of suiteNames.filter(isEvaluated))
    for (const key of Object.keys(suites[name].options.shape))
      t.true(flags.has(flagOf(key)), `${name}: ${flagOf(key)}`);
});

test('What was typed is read as the suite’s schema reads it, with its defaults', (t) => {
  const typed = {
    suite: 'gold_answers',
    file: 'a.jsonl',
    match: 'letter',
    maxCompletionTokens: '7',
    model: 'x',
  };
  t.deepEqual(chosenSuite('gold_answers', typed).options as object, {
    suite: 'gold_answers',
    file: 'a.jsonl',
    match: 'letter',
    maxCompletionTokens: 7,
  });
});

test('A suite or an option that is none is named, with what there is', (t) => {
  const refusals: readonly (readonly [string, Record<string, unknown>, RegExp])[] = [
    [
      'mixevil',
      {},
      /^--suite mixevil: there is no such suite; did you mean mixeval\?; there are alpaca_eval, /,
    ],
    ['heldout', {}, /^--suite heldout: scores the held-out pairs of a run, in the run/],
    ['mixeval', {}, /^--data: suite mixeval needs it$/],
    [
      'gold_answers',
      {file: 'a', annotations: 'x'},
      /^--annotations: is no option of suite gold_answers, which has --file, --match/,
    ],
    ['gold_answers', {file: 'a', maxCompletionTokens: 'many'}, /^--max-completion-tokens many: /],
    ['gold_answers', {file: 'a', match: 'loose'}, /^--match loose: /],
  ];
  for (const [word, typed, message] of refusals)
    t.throws(() => chosenSuite(word, typed), {instanceOf: TerminalError, message});
});
