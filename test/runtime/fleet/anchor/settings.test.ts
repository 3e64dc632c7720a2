/** What a fleet has to say before its anchor can be advised on, or followed. */
import test from 'ava';
import {comparisonsOf, isAuto, untoldReason} from '../../../../runtime/fleet/anchor/settings.js';
import {changedSpec, specOf} from '../../../../runtime/fleet/control/spec.js';
import {checkedFleet} from '../../../../runtime/fleet/file/load.js';
import type {Fleet} from '../../../../runtime/fleet/file/schema.js';
import {isReadIn} from '../../../../runtime/fleet/fleet-actors.js';
import {serialFleet} from '../../../../runtime/fleet/stages.js';
import {fleetOf} from '../../../helpers/actor-process.js';

const asking = {endpoint: 'teacher', model: 'any'};
const fleetWith = (fields: object): Fleet =>
  checkedFleet('fleet.yaml', {
    ...fleetOf({endpoints: {teacher: {demo: true}}, actors: {reviser: asking}}),
    ...fields,
  });
const auto = {objective: {name: 'auto', learningRate: 1e-5}};
const judged = {actors: {answerer: asking, judge: asking}};
const stronger = {dataset: 'stronger_preferred', actors: {answerer: asking}};

test('auto needs a recipe that tells, or a judge, and says which', (t) => {
  t.true(isAuto(fleetWith(auto)));
  t.throws(() => fleetWith({...stronger, ...auto}), {
    message:
      /objective\.name: auto follows advice, and nothing says how the chosen answers of stronger_preferred compare .*: add actors\.judge/,
  });
  t.notThrows(() => fleetWith({...stronger, ...auto, ...judged}));
  t.throws(() => fleetWith({...stronger, ...auto, ...judged, anchor: {comparisons: 0}}), {
    message: /leave out the 0 of anchor\.comparisons/,
  });
});

test('Recorded scores tell nothing of what a policy answers, and auto by them alone is refused by name', (t) => {
  const scored = (by: string) => ({datasets: [{dataset: 'judge_off_policy', by}], actors: {}});
  const judge = {actors: {judge: asking}};
  t.throws(() => fleetWith({...auto, ...scored('scores')}), {
    message:
      /objective\.name: auto follows advice, .* of judge_off_policy .*: recorded scores set recorded answers against each other, .*: add actors\.judge/,
  });
  const measured = fleetWith({...auto, ...scored('scores'), ...judge});
  t.is(comparisonsOf(measured), 20);
  t.regex(untoldReason(measured) ?? '', /nobody scored what the policy answers now$/);
  t.notRegex(untoldReason(fleetWith({...auto, ...scored('judge'), ...judge})) ?? '', /scores/);
  t.is(untoldReason(fleetWith(auto)), undefined);
});

test('Answers are compared, and paid for, where nothing else tells or somebody says so', (t) => {
  t.is(comparisonsOf(fleetWith(auto)), 0);
  t.is(comparisonsOf(fleetWith({...stronger, ...auto, ...judged})), 20);
  t.is(comparisonsOf(fleetWith({...auto, actors: {reviser: asking, judge: asking}})), 20);
  t.is(comparisonsOf(fleetWith({...auto, dataset: 'judge_on_policy', actors: {judge: asking}})), 0);
  t.is(comparisonsOf(fleetWith({...stronger, ...judged, anchor: {comparisons: 8}})), 8);
  t.throws(() => fleetWith({anchor: {comparisons: 8}}), {message: /anchor\.comparisons: nobody compares/});
  t.throws(() => fleetWith({...stronger, ...judged}), {
    message: /actors\.judge: not part of the dataset .*, or set anchor\.comparisons/,
  });
});

test('The queues of comparisons are read only where some are made, and not by stages', (t) => {
  const fleet = fleetWith({...stronger, ...auto, ...judged});
  t.true(isReadIn(fleet, 'anchor_prompts') && isReadIn(fleet, 'anchor_pairs'));
  t.false(isReadIn(fleetWith({}), 'anchor_prompts'));
  t.throws(() => serialFleet(fleet, 10), {message: /^--serial has no sampler left/});
});

test('A run cannot be told to follow advice while it goes on', (t) => {
  const spec = specOf(fleetWith(auto));
  t.throws(() => changedSpec(spec, {name: 'auto'}), {message: /^objective\.name: auto is how a run begins/});
});
