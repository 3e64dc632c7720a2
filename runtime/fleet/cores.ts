/** One budget of cores for the actors that compute: spinning threads of two processes on one core cost each other time. */
import {availableParallelism} from 'node:os';
import {actorTable, type ComputingActor, computingActors} from '../actors.js';
import {measuresTexts} from '../suites/suites.js';
import {evaluationsOf} from './file/evaluations.js';
import type {Fleet} from './file/schema.js';

const shareOf = (actor: ComputingActor): number => actorTable[actor].computes.coreShare;

/** Of an actor; a fleet may go without it. */
type Settings = {
  readonly count: number;
  readonly threads?: number | undefined;
  /** Where it is, another machine computes. */
  readonly endpoint?: string | undefined;
};

/**
 * Threads of one process of an actor, at least 1: what fleet.yaml gives it, or its share of `cores` (those of this machine
 * unless given), counted with the processes that fleet.yaml asks for. Together they never exceed `cores` but by the one
 * thread that each process must have.
 */
export const threadsOf = (
  fleet: Pick<Fleet, 'cores' | 'actors'> & Partial<Pick<Fleet, 'evaluation'>>,
  actor: ComputingActor,
) => {
  const {cores = availableParallelism(), actors, evaluation} = fleet;
  // What measures texts does so here, wherever answers come from.
  const measures = evaluationsOf({evaluation}).some(measuresTexts);
  const settings: {readonly [N in ComputingActor]?: Settings | undefined} = actors;
  const given = settings[actor]?.threads;
  if (given !== undefined) return given;
  let left = cores;
  let total = 0;
  for (const name of computingActors) {
    const {count = 0, threads, endpoint} = settings[name] ?? {};
    if (endpoint !== undefined && !(name === 'evaluator' && measures)) continue;
    left -= count * (threads ?? 1);
    if (threads === undefined) total += count * shareOf(name);
  }
  return 1 + (total === 0 ? 0 : Math.floor((Math.max(0, left) * shareOf(actor)) / total));
};
