/** The side of the learner shards that do not decide: they get ready for what is asked while it is decided on. */
import {filter, firstValueFrom, map, type Subscription} from 'rxjs';
import {Answer} from '../../../proto/messages.js';
import type {ActorContext} from '../../../runtime/actor/context.js';
import type {Controls} from '../../../runtime/fleet/control/controls.js';
import {isToCome, type LoggedControl} from '../../../runtime/fleet/control/decisions.js';
import type {Fleet} from '../../../runtime/fleet/file/schema.js';

/** The objectives of a shard. */
export interface Objectives {
  /** Compiles one while steps go on. */
  prepare(expression: string): Promise<void>;
  /** Releases one that was compiled and is not to come. */
  forget(expression: string): Promise<void>;
  /** Steps taken so far. */
  taken(): number;
}

/**
 * Prepares the objective of every spec that is not decided on yet, acknowledges those that are accepted, and forgets those
 * that are refused: such a shard takes each step by the revision that the leading one names, so ready is all that it must be.
 */
export const prepareAhead = (
  {bus, name, index, log}: ActorContext<Fleet>,
  {heard, heard$}: Controls,
  {prepare, forget, taken}: Objectives,
): Subscription => {
  // Decided on before this shard was there. Not all up to the newest of them: a command overtakes a spec that is compiled.
  const before = new Set(heard.decisions.keys());
  let seen = 1;
  const getReady = async ({revision, spec}: LoggedControl): Promise<void> => {
    if (typeof spec !== 'object') return;
    await prepare(spec.objective.name);
    const decided$ = heard$.pipe(
      map(({decisions}) => decisions.get(revision)),
      filter((decision) => decision !== undefined),
    );
    const {accepted, step} = await firstValueFrom(decided$);
    if (!accepted) {
      if (!isToCome(heard, spec.objective.name, taken())) await forget(spec.objective.name);
      return;
    }
    const said = {revision, actor: name, index, answer: Answer.ANSWER_APPLIED, step, reason: ''};
    const id = `applied-${revision}-${name}-${index}`;
    await bus.publish('acknowledgements', {...said, timeUnixMs: Date.now()}, id);
  };
  return heard$.subscribe(({controls: asked}) => {
    for (const each of asked.filter(({revision}) => revision > seen)) {
      seen = each.revision;
      if (before.has(seen)) continue;
      // What does not compile is refused by the leading shard; whoever waits for an answer that is lost is told so.
      getReady(each).catch((error) => log.warn({err: error, revision: each.revision}, 'not prepared'));
    }
  });
};
