import test from 'ava';
import {RunCommand} from '../../../../proto/messages.js';
import {takeBackOf} from '../../../../runtime/fleet/alerts/take-back.js';
import type {Known} from '../../../../runtime/fleet/control/decisions.js';
import {specOf} from '../../../../runtime/fleet/control/spec.js';
import {demoFleet} from '../../../helpers/demo-fleet.js';

const specWith = (beta: number) =>
  specOf(
    demoFleet({
      objective: {name: 'dpo', learningRate: 1e-5, beta},
    }),
  );

/** Revisions of these betas, each made from the one before and accepted. */
const knownOf = (...betas: readonly number[]): Known => ({
  controls: betas.map((beta, index) => ({
    revision: index + 1,
    previousRevision: index,
    author: 'ana@host',
    timeUnixMs: 0,
    step: undefined,
    spec: specWith(beta),
    command: RunCommand.RUN_COMMAND_UNSPECIFIED,
  })),
  decisions: new Map(
    betas.map((_, index) => [index + 1, {accepted: true, step: 100 * index + 1, reason: ''}]),
  ),
});

test('the revision that the alert is about is taken back, to the one that it was made from', (t) => {
  const asked = takeBackOf(knownOf(1, 2, 3), 3);
  t.is(asked.kind, 'change');
  if (asked.kind !== 'change') return;
  t.is(asked.wish.previousRevision, 3);
  t.is(asked.wish.spec.objective.beta, 2);
});

test('another revision than that is left alone: a second alert, or one of before a change, takes nothing back', (t) => {
  t.is(takeBackOf(knownOf(1, 2, 1), 2).kind, 'none');
  t.is(takeBackOf(knownOf(1, 2), 1).kind, 'none');
});

test('a rollback is not taken back, which would bring back what it was made for', (t) => {
  t.deepEqual(takeBackOf(knownOf(1, 2, 1), 3), {
    kind: 'pause',
    why: 'revision 3 is a rollback itself, to revision 1',
  });
});

test('the first revision has nothing to go back to', (t) => {
  t.deepEqual(takeBackOf(knownOf(1), 1), {kind: 'pause', why: 'the run has no change to take back'});
});
