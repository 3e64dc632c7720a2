/** Objectives named by an expression: what it may say, what it computes, and which scalars it takes. */
import test from 'ava';
import {TerminalError} from '../../../../runtime/errors.js';
import {parseExpression} from '../../../../runtime/learning/objectives/expression.js';
import {
  graphKeyOf,
  objectiveNames,
  objectiveOf,
  objectives,
  scalarsOf,
  settingComplaints,
} from '../../../../runtime/learning/objectives/objectives.js';
import {measure, type PairNumbers} from '../../../helpers/pair-batch.js';

test('an expression is one name, or a sum of names with weights before them', (t) => {
  t.deepEqual(parseExpression('dpo'), [{name: 'dpo', weight: 1}]);
  t.deepEqual(parseExpression('apo_zero+0.1*sft'), [
    {name: 'apo_zero', weight: 1},
    {name: 'sft', weight: 0.1},
  ]);
  t.deepEqual(parseExpression(' 2 * dpo + 1e-2*sft + .5*hinge '), [
    {name: 'dpo', weight: 2},
    {name: 'sft', weight: 0.01},
    {name: 'hinge', weight: 0.5},
  ]);
  t.deepEqual(parseExpression('1e+1*dpo'), [{name: 'dpo', weight: 10}]);
});

const refused: Readonly<Record<string, string>> = {
  '': '"" is not an objective at ""; write one name, or a weighted sum such as apo_zero+0.1*sft',
  'dpo+': '"dpo+" is not an objective at ""; write one name, or a weighted sum such as apo_zero+0.1*sft',
  'dpo-sft':
    '"dpo-sft" is not an objective at "dpo-sft"; write one name, or a weighted sum such as apo_zero+0.1*sft',
  'dpo sft':
    '"dpo sft" is not an objective at "dpo sft"; write one name, or a weighted sum such as apo_zero+0.1*sft',
  'sft*0.1':
    '"sft*0.1" is not an objective at "sft*0.1"; write one name, or a weighted sum such as apo_zero+0.1*sft',
  '0*sft+dpo': 'sft has the weight 0; greater than 0, or leave the term out',
  '1.2.3*sft': 'sft has the weight 1.2.3; greater than 0, or leave the term out',
  'dpo+0.5*dpo': 'dpo is named twice; once, with both weights added',
  'dpo+stf': `unknown objective "stf"; did you mean sft? one of ${objectiveNames.join(', ')}`,
  sigmoid: `unknown objective "sigmoid"; TRL's sigmoid is dpo; one of ${objectiveNames.join(', ')}`,
  constructor: `unknown objective "constructor"; one of ${objectiveNames.join(', ')}`,
};
for (const [expression, message] of Object.entries(refused)) {
  test(`"${expression}" is refused in one line`, (t) => {
    t.throws(() => objectiveOf(expression), {instanceOf: TerminalError, message});
    t.throws(() => scalarsOf(expression), {instanceOf: TerminalError, message});
  });
}

const pairs: readonly PairNumbers[] = [
  {policy: [-10, -12], reference: [-11, -11.5], tokens: [5, 8]},
  {policy: [-20, -9], reference: [-18, -10], tokens: [10, 4]},
];

test('a sum has the sum of its terms’ losses and slopes, each times its weight and with its own settings', (t) => {
  const expression = 'apo_zero + 0.1*sft + 2*exo_pair + robust';
  const given = {label_smoothing: 0.2};
  const sum = measure(objectiveOf(expression), {pairs, beta: 0.1, settings: scalarsOf(expression, given)});
  const terms = [
    [1, measure(objectives.apo_zero, {pairs, beta: 0.1})],
    [0.1, measure(objectives.sft, {pairs, beta: 0.1})],
    [2, measure(objectives.exo_pair, {pairs, beta: 0.1, settings: given})],
    [1, measure(objectives.robust, {pairs, beta: 0.1, settings: given})],
  ] as const;
  const total = (of: (measured: (typeof terms)[number][1]) => number | undefined): number =>
    terms.reduce((all, [weight, measured]) => all + weight * (of(measured) ?? Number.NaN), 0);
  t.true(Math.abs(sum.loss - total(({loss}) => loss)) < 1e-6);
  for (const [row, slope] of sum.slopes.flat().entries())
    t.true(Math.abs(slope - total(({slopes}) => slopes.flat()[row])) < 1e-7);
});

test('weights and settings are scalars: expressions of the same terms share their graph', (t) => {
  t.is(graphKeyOf('apo_zero+0.1*sft'), graphKeyOf('2*sft + apo_zero'));
  t.not(graphKeyOf('apo_zero+0.1*sft'), graphKeyOf('apo_zero'));
  for (const expression of [...objectiveNames, 'robust+0.5*exo_pair']) {
    const names = Object.keys(scalarsOf(expression)).toSorted();
    t.deepEqual(names, Object.keys(objectiveOf(expression).settings ?? {}).toSorted(), expression);
  }
});

test('what is not given has the default of each term; what is given goes to every term that reads it', (t) => {
  t.deepEqual(scalarsOf('robust+0.5*exo_pair'), {
    'robust.weight': 1,
    'robust.label_smoothing': 0.1,
    'exo_pair.weight': 0.5,
    'exo_pair.label_smoothing': 0.001,
  });
  t.like(scalarsOf('robust+0.5*exo_pair', {label_smoothing: 0.2}), {
    'robust.label_smoothing': 0.2,
    'exo_pair.label_smoothing': 0.2,
  });
});

test('a setting that no term reads, or out of a term’s range, is an error that says what is right', (t) => {
  const message = (expression: string, given: Readonly<Record<string, number>>): string | undefined =>
    settingComplaints(expression, given)[0]?.message;
  t.is(message('dpo', {label_smoothing: 0.1}), 'unknown setting; dpo has none');
  t.is(message('robust', {label_smoothin: 0.1}), 'unknown setting; did you mean label_smoothing?');
  t.is(message('simpo', {tau: 0.1}), 'unknown setting; simpo reads simpo_gamma, label_smoothing');
  t.is(message('robust', {label_smoothing: 0.5}), '0.5 is too large; less than 0.5');
  t.is(message('robust', {label_smoothing: -0.1}), '-0.1 is too small; at least 0');
  t.is(message('exo_pair', {label_smoothing: 0}), '0 is too small; greater than 0');
  t.is(message('discopop', {discopop_tau: 1.5}), '1.5 is too large; at most 1');
  t.is(message('dpop', {dpop_lambda: Number.NaN}), 'NaN is not a number');
  t.is(message('aot+exo_pair', {label_smoothing: 0}), '0 is too small; greater than 0');
  t.is(message('aot+sft', {label_smoothing: 0.5}), undefined);
  t.throws(() => scalarsOf('robust', {label_smoothing: 0.7}), {
    instanceOf: TerminalError,
    message: 'objective setting label_smoothing: 0.7 is too large; less than 0.5',
  });
});

test('every setting has a default in its own range and one line of explanation', (t) => {
  for (const name of objectiveNames) {
    t.notThrows(() => scalarsOf(name), name);
    for (const [setting, spec] of Object.entries(objectiveOf(name).settings ?? {})) {
      const own = setting.slice(name.length + 1);
      if (own !== 'weight') t.deepEqual(settingComplaints(name, {[own]: spec.default}), [], setting);
      t.regex(spec.about, /^[^\n]{10,90}$/, setting);
    }
  }
});

test('only a sum with a term that mixes pairs mixes them', (t) => {
  t.true(objectiveOf('sft+aot').mixesPairs);
  t.is(objectiveOf('sft+dpo').mixesPairs, undefined);
});
