/** What fleet.yaml says under `evaluation`: one suite, as ever, or several. */
import {join} from 'node:path';
import test, {type ExecutionContext} from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {
  decidingOf,
  evaluationFiles,
  evaluationsOf,
  nameOfEvaluation,
} from '../../../../runtime/fleet/file/evaluations.js';
import {readFleet} from '../../../../runtime/fleet/file/load.js';
import {everyAsker, livenessOf} from '../../../../runtime/fleet/fleet-actors.js';
import {temporaryFile} from '../../../helpers/temporary.js';

const withEvaluation = (evaluation: string): string => `prompts: {demo: true, count: 64}
policy: {model: demo, format: plain}
objective: {name: apo_zero, learningRate: 1.0e-5}
training: {steps: 1}
endpoints: {teacher: {demo: true}, judge: {baseUrl: 'http://localhost:1/v1'}}
actors: {reviser: {endpoint: teacher, model: reviser}}
evaluation: ${evaluation}
`;
const read = (t: ExecutionContext, evaluation: string, sets: string[] = []) =>
  readFleet(temporaryFile(t, 'fleet.yaml', withEvaluation(evaluation)), sets);
const complaint = async (t: ExecutionContext, evaluation: string): Promise<string[]> => {
  const error = await t.throwsAsync(read(t, evaluation), {instanceOf: TerminalError});
  return (error?.message ?? '').split('\n').map((line) => line.replace(/^.*fleet\.yaml:\d+: /, ''));
};

test('One suite stands for itself, and is what it was in runs of earlier versions', async (t) => {
  const {evaluation} = await read(t, '{suite: arithmetic, count: 3}');
  t.deepEqual(evaluation, {suite: 'arithmetic', count: 3, maxCompletionTokens: 512});
});

test('Several are a list; the first says what the best is unless another does', async (t) => {
  const fleet = await read(
    t,
    '[{suite: arithmetic}, {suite: perplexity, name: held, file: a.jsonl, when: {every: 4}}, {suite: heldout, when: latest}]',
  );
  t.deepEqual(evaluationsOf(fleet).map(nameOfEvaluation), ['arithmetic', 'held', 'heldout']);
  t.deepEqual(decidingOf(fleet), {name: 'arithmetic', metric: undefined, better: 'higher'});
  t.deepEqual(evaluationFiles(fleet), [
    {path: ['evaluation', 1, 'file'], file: join(process.cwd(), 'a.jsonl')},
  ]);
});

test('Of a metric it is known which way is better, unless it is said', async (t) => {
  const decides = async (best: string) =>
    decidingOf(await read(t, `[{suite: arithmetic}, {suite: perplexity, file: a, best: ${best}}]`));
  t.deepEqual(await decides('true'), {name: 'perplexity', metric: undefined, better: 'higher'});
  t.deepEqual(await decides('{metric: perplexity}'), {
    ...{name: 'perplexity', metric: 'perplexity', better: 'lower'},
  });
  t.like(await decides('{metric: perplexity, better: higher}'), {better: 'higher'});
  t.deepEqual(await decides('{metric: score}'), {name: 'perplexity', metric: undefined, better: 'higher'});
});

test('A key of one of several is changed by its place', async (t) => {
  const {evaluation} = await read(t, '[{suite: arithmetic}, {suite: arithmetic, name: more}]', [
    'evaluation.1.count=7',
  ]);
  t.like(evaluation, [{count: 300}, {count: 7}]);
});

const wrong: Record<string, readonly [evaluation: string, line: string]> = {
  'a suite that is not there': [
    '[{suite: arithmetic}, {suite: mixevil}]',
    'evaluation.1.suite: unknown value "mixevil"; one of alpaca_eval, arithmetic, exact_match, gold_answers, heldout, ifeval, mixeval, module, mt_bench, multiple_choice, pairwise, perplexity, preference',
  ],
  'an option that is unknown, in a list': [
    '[{suite: arithmetic, cuont: 3}]',
    'evaluation.0.cuont: unknown key; did you mean count?',
  ],
  'an option that is unknown, alone': [
    '{suite: arithmetic, cuont: 3}',
    'evaluation.cuont: unknown key; did you mean count?',
  ],
  'an option of another suite': [
    '[{suite: heldout, file: a.jsonl}]',
    'evaluation.0.file: unknown key; known keys: suite, holdOut, name, when, seed, judge, best',
  ],
  'what is missing': ['[{suite: perplexity}]', 'evaluation.0.file: missing; text'],
  'a list of none': ['[]', 'evaluation: [] is too small; at least 1'],
  'two of one name': [
    '[{suite: arithmetic}, {suite: arithmetic}]',
    'evaluation.1.name: arithmetic is there twice; give one of them another name',
  ],
  'a name that a metric has': [
    '[{suite: arithmetic, name: seconds}]',
    'evaluation.0.name: is none of margin, seconds',
  ],
  'two that say which is the best': [
    '[{suite: arithmetic, best: true}, {suite: heldout, best: true}]',
    'evaluation.1.best: arithmetic says already which checkpoint is the best; leave one of them out',
  ],
  'a metric that the suite lacks': [
    '[{suite: arithmetic}, {suite: multiple_choice, file: a, best: {metric: acurracy}}]',
    'evaluation.1.best.metric: suite multiple_choice has no metric acurracy; it has score, acc, acc_norm',
  ],
  'a suite without the judge that it needs': [
    '{suite: mt_bench, file: a.jsonl}',
    'evaluation.judge: missing; suite mt_bench as it is set needs one: {endpoint: a key of endpoints, model: its name there}',
  ],
  'a judge that nobody asks': [
    '[{suite: arithmetic, judge: {endpoint: judge, model: m}}]',
    'evaluation.0.judge: suite arithmetic asks none; leave it out',
  ],
  'a judge at no endpoint': [
    '[{suite: pairwise, reference: a, judge: {endpoint: jugde, model: m}}]',
    'evaluation.0.judge.endpoint: no endpoint is called jugde; endpoints has teacher, judge',
  ],
  'pairs that are held back twice': [
    '[{suite: heldout}, {suite: heldout, name: more}]',
    'evaluation.1.suite: heldout is there twice; a run holds its pairs back once',
  ],
  'a checkpoint that is none': [
    '[{suite: arithmetic, when: {every: 0}}]',
    'evaluation.0.when.every: 0 is too small; greater than 0',
  ],
};
for (const [what, [evaluation, line]] of Object.entries(wrong))
  test(`${what} is refused by its key`, async (t) => {
    t.deepEqual(await complaint(t, evaluation), [line]);
  });

test('A judge is asked by the evaluator, whose patience is that of its requests', async (t) => {
  const fleet = await read(
    t,
    '[{suite: pairwise, reference: a, judge: {endpoint: judge, model: m, timeoutMs: 5000}}]',
  );
  t.deepEqual(
    everyAsker(fleet).map(({actor, key, asking: {model}}) => [actor, key, model]),
    [
      ['reviser', 'actors.reviser', 'reviser'],
      ['evaluator', 'evaluation.0.judge', 'm'],
    ],
  );
  t.is(livenessOf(fleet, 'evaluator').deadlineMs, 5000);
});
