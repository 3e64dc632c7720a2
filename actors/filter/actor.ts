/** Filter: candidates → accepted, or rejections with the rule that was broken (Appendix A.2). */
import {defer, type Observable, switchMap} from 'rxjs';
import type {CandidatePair} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {publishOrReject, reject, rejectedPair} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {type Steered, steered} from '../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {accept} from './accept.js';

/** Enough to keep the bus busy; the rules themselves take no time. */
const CONCURRENCY = 16;

const start = (context: ActorContext<Fleet>): Observable<Outcome> =>
  defer(() => steered(context)).pipe(
    switchMap((now) =>
      context.bus
        .deliveries('candidates', {maxInFlight: CONCURRENCY, drain$: context.drain$})
        .pipe(settle(filterWith(context, now), CONCURRENCY)),
    ),
  );

/** Whatever becomes of a candidate is published before it is acknowledged, with its prompt's id. */
const filterWith = (context: ActorContext<Fleet>, now: Steered) => {
  const {timed, count} = context;

  const decide = async (pair: CandidatePair): Promise<void> => {
    const verdict = accept(pair, now.fleet.filter);
    if (verdict.kind === 'rejected')
      return reject(context, rejectedPair(pair), verdict.reason, verdict.detail);
    if (await publishOrReject(context, rejectedPair(pair), 'accepted', pair)) count('accepted');
  };

  return async (pair: CandidatePair): Promise<Outcome> => {
    await timed('filtering', () => decide(pair));
    return {kind: 'done'};
  };
};

await runActor('filter', loadFleet, start);
