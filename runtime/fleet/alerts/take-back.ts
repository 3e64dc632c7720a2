/** What an alert under `rollback` asks of a run. Pure. */

import type {Wish} from '../control/controls.js';
import {beginnings, type Known} from '../control/decisions.js';
import {differencesOf} from '../control/spec.js';

/** A wish, or in words why there is none: then the run is paused, or, where another objective has come already, left alone. */
export type TakeBack =
  | {readonly kind: 'change'; readonly wish: Extract<Wish, {spec: unknown}>}
  | {readonly kind: 'pause' | 'none'; readonly why: string};

/**
 * Takes back the revision that an alert is about, and no other one. What a rollback brought stays: to take that back would bring
 * the objective again that it was made for.
 */
export const takeBackOf = (known: Known, alerted: number): TakeBack => {
  const begun = beginnings(known);
  const newest = begun.at(-1);
  if (newest?.revision !== alerted)
    return {
      kind: 'none',
      why: `revision ${alerted} is not the newest any more, but revision ${newest?.revision ?? 'none'}`,
    };
  const asked = known.controls.find(({revision}) => revision === alerted);
  const before = known.controls.find(({revision}) => revision === asked?.previousRevision)?.spec;
  if (alerted === 1 || typeof before !== 'object')
    return {kind: 'pause', why: 'the run has no change to take back'};
  const same = begun.find(
    ({revision, spec}) => revision < alerted && differencesOf(spec, newest.spec).length === 0,
  );
  if (same !== undefined)
    return {kind: 'pause', why: `revision ${alerted} is a rollback itself, to revision ${same.revision}`};
  return {kind: 'change', wish: {spec: before, previousRevision: alerted, step: undefined}};
};
