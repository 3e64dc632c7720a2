/** From comparisons to advice, and from advice to what is asked of a run. */
import test from 'ava';
import {type Advice, Better, RunCommand} from '../../../../proto/messages.js';
import {wrongIn} from '../../../../runtime/bus/channels/doors.js';
import {
  AUTO_AUTHOR,
  adviceOf,
  changeFor,
  chosenByHand,
  countComparisons,
  metricsOf,
} from '../../../../runtime/fleet/anchor/advised.js';
import type {Decision, Known, LoggedControl} from '../../../../runtime/fleet/control/decisions.js';
import {changedSpec, type RunSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {checkedFleet} from '../../../../runtime/fleet/file/load.js';
import {fleetOf} from '../../../helpers/actor-process.js';

const judge = {endpoint: 'teacher', model: 'judge'};
const fleet = checkedFleet('fleet.yaml', {
  ...fleetOf({endpoints: {teacher: {demo: true}}, actors: {judge}}),
  dataset: 'judge_off_policy',
  objective: {name: 'auto', beta: 0.3, learningRate: 1e-5},
});
const first = specOf(fleet);

test('A run under auto begins with apo_zero, with all else that the fleet says of its objective', (t) => {
  t.deepEqual(first.objective, {name: 'apo_zero', beta: 0.3, learningRate: 1e-5, settings: {}});
});

test('What nobody decided is in no share, and what nobody made neither', (t) => {
  const {BETTER_CHOSEN, BETTER_FRESH, BETTER_NEITHER} = Better;
  const found = [BETTER_CHOSEN, BETTER_FRESH, BETTER_FRESH, BETTER_NEITHER, undefined];
  t.deepEqual(countComparisons(found, 'judge j'), {wins: 1, losses: 2, undecided: 2, by: 'judge j'});
});

test('Advice has its figures, as a message and as metrics', (t) => {
  const compared = {wins: 3, losses: 16, undecided: 1, by: 'judge j'};
  const {message, advice} = adviceOf(fleet, {policyVersion: 2, step: 40}, compared, 5);
  t.like(message, {policyVersion: 2, step: 40, objective: 'apo_down', evidence: 'comparisons', losses: 16});
  t.regex(message.reason, /^apo_down: chosen answers beat the policy’s in 3 of 19 \(15\.8 %, 95 % interval /);
  const metrics = metricsOf(advice);
  t.is(metrics['anchor/advice'], -1);
  t.is(metrics['anchor/winners'], 3 / 19);
  // Wilson's interval of 3 in 19, worked out elsewhere.
  t.true(Math.abs((metrics['anchor/winners_low'] ?? 0) - 0.055205) < 1e-6);
  t.true(Math.abs((metrics['anchor/winners_high'] ?? 0) - 0.375655) < 1e-6);
});

test('Where no judge compares, a recipe that puts winners above the policy’s answers tells, and another does not', (t) => {
  const at = {policyVersion: 0, step: 0};
  const told = adviceOf({...fleet, dataset: 'clair'}, at, undefined, 0);
  t.like(told.message, {objective: 'apo_zero', evidence: 'recipe', wins: 0});
  t.deepEqual(metricsOf(told.advice), {'anchor/advice': 1});
  for (const dataset of ['judge_off_policy', 'stronger_preferred'] as const) {
    const {message, advice} = adviceOf({...fleet, dataset}, at, undefined, 0);
    t.like(message, {objective: '', evidence: 'none'});
    t.regex(message.reason, /anchor\.comparisons/);
    t.deepEqual(metricsOf(advice), {'anchor/advice': 0});
  }
});

test('Pairs by recorded scores are said to tell nothing of the policy, with what would', (t) => {
  const datasets = [{dataset: 'judge_off_policy', by: 'scores', weight: 1, rejected: 'worst'}] as const;
  const {message} = adviceOf({...fleet, datasets: [...datasets]}, {policyVersion: 0, step: 0}, undefined, 0);
  t.like(message, {objective: '', evidence: 'none'});
  t.regex(
    message.reason,
    /recorded scores set recorded answers against each other, .*; set anchor\.comparisons/,
  );
});

test('What was to be measured and was not is told by no recipe', (t) => {
  for (const [undecided, reason] of [
    [20, /the judge decided none of 20/],
    [0, /there was no pair to compare/],
  ] as const) {
    const none = {wins: 0, losses: 0, undecided, by: 'judge j'};
    const {message, advice} = adviceOf({...fleet, dataset: 'clair'}, {policyVersion: 1, step: 20}, none, 0);
    t.like(message, {objective: '', evidence: 'none', undecided});
    t.regex(message.reason, reason);
    t.deepEqual(metricsOf(advice), {'anchor/advice': 0});
  }
});

test('Reasons and evidence of any length pass the doors of the bus', (t) => {
  const by = `judge ${'m'.repeat(2000)}`;
  const {message} = adviceOf(fleet, {policyVersion: 1, step: 20}, {wins: 2, losses: 18, undecided: 0, by}, 0);
  t.is(wrongIn('advice', message), undefined);
  const long = [20, 40].map((step) => ({...advised('apo_down', step), reason: message.reason}));
  const evidence = changeFor(known({}), long)?.by?.evidence ?? '';
  t.true(evidence.length > 900 && evidence.length <= 1024, String(evidence.length));
});

const advised = (objective: string, step: number): Advice => ({
  ...{policyVersion: step, step, objective, evidence: 'comparisons'},
  ...{wins: 1, losses: 19, undecided: 0, reason: `${objective}: so it is`, timeUnixMs: 0},
});
const down = [advised('apo_down', 20), advised('apo_down', 40)];

const control = (revision: number, author: string, spec: RunSpec): LoggedControl => ({
  ...{revision, previousRevision: revision - 1, author, timeUnixMs: 0, step: undefined, spec},
  command: RunCommand.RUN_COMMAND_UNSPECIFIED,
});
const known = (
  decisions: Readonly<Record<number, boolean>>,
  ...others: readonly (readonly [string, RunSpec])[]
): Known => ({
  controls: [
    control(1, 'up@host', first),
    ...others.map(([author, spec], index) => control(index + 2, author, spec)),
  ],
  decisions: new Map(
    Object.entries(decisions).map(([revision, accepted]): [number, Decision] => [
      Number(revision),
      {accepted, step: 9, reason: ''},
    ]),
  ),
});
const toDown = changedSpec(first, {name: 'apo_down'});

test('What two checkpoints advise is asked for, with their evidence and nothing else changed', (t) => {
  const wish = changeFor(known({}), down);
  t.deepEqual(wish, {
    spec: toDown,
    previousRevision: 1,
    by: {
      author: AUTO_AUTHOR,
      evidence: 'at step 20 apo_down: so it is; at step 40 apo_down: so it is',
    },
  });
  t.is(changeFor(known({}), down.slice(1)), undefined);
});

test('A change that is asked for is not asked for again, decided or not; one that was refused is', (t) => {
  t.is(changeFor(known({}, [AUTO_AUTHOR, toDown]), down), undefined);
  t.is(changeFor(known({2: true}, [AUTO_AUTHOR, toDown]), down), undefined);
  t.like(changeFor(known({2: false}, [AUTO_AUTHOR, toDown]), down), {previousRevision: 1});
});

test('A person who names another objective has it from then on; other changes of theirs go along', (t) => {
  const byHand = known({2: true}, ['ana@host', changedSpec(first, {name: 'dpo'})]);
  t.is(chosenByHand(byHand)?.author, 'ana@host');
  t.is(changeFor(byHand, down), undefined);
  const back = known({2: true, 3: true}, [AUTO_AUTHOR, toDown], ['ana@host', first]);
  t.is(changeFor(back, [...down, advised('apo_down', 60)]), undefined);
  const refused = known({2: false}, ['ana@host', changedSpec(first, {name: 'dpo'})]);
  t.is(chosenByHand(refused), undefined);
  const hotter = changedSpec(first, {beta: 0.5, set: ['policy.temperature=0.5']});
  const wish = changeFor(known({2: true}, ['ana@host', hotter]), down);
  t.like(wish, {previousRevision: 2});
  t.deepEqual(wish?.spec, {...hotter, objective: {...hotter.objective, name: 'apo_down'}});
});

test('A person who names the objective that holds has chosen it, too; who changes something else has not', (t) => {
  const named = (namesObjective: boolean): Known => {
    const {controls, decisions} = known({2: true}, ['ana@host', first]);
    return {
      controls: controls.map((each) => (each.revision === 2 ? {...each, namesObjective} : each)),
      decisions,
    };
  };
  t.is(chosenByHand(named(true))?.revision, 2);
  t.is(changeFor(named(true), down), undefined);
  t.is(chosenByHand(named(false)), undefined);
  t.like(changeFor(named(false), down), {previousRevision: 2});
});
