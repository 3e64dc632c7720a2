/** Filter: candidates → accepted, or rejections with the rule that was broken (Appendix A.2). */
import {defer, finalize, type Observable, switchMap} from 'rxjs';
import {type CandidatePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {publishOrReject, reject, rejectedPair} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {type Steered, steered} from '../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {sourceWord} from '../../runtime/metrics/lines.js';
import {accept} from './accept.js';
import {type OwnFilter, openOwnFilter} from './io/own-filter.js';

/** Enough to keep the bus busy; the rules themselves take no time. */
const CONCURRENCY = 16;

const start = (context: ActorContext<Fleet>): Observable<Outcome> =>
  defer(async () => {
    const {module} = context.fleet.filter;
    const own = module === undefined ? undefined : await openOwnFilter(module);
    return {now: await steered(context), own};
  }).pipe(
    switchMap(({now, own}) =>
      context.bus.deliveries('candidates', {maxInFlight: CONCURRENCY, drain$: context.drain$}).pipe(
        settle(filterWith(context, now, own), CONCURRENCY),
        finalize(() => void own?.close()),
      ),
    ),
  );

/** Whatever becomes of a candidate is published before it is acknowledged, with its prompt's id. */
const filterWith = (context: ActorContext<Fleet>, now: Steered, own: OwnFilter | undefined) => {
  const {timed, count} = context;

  const decide = async (pair: CandidatePair): Promise<void> => {
    const verdict = accept(pair, now.fleet.filter);
    if (verdict.kind === 'rejected')
      return reject(context, rejectedPair(pair), verdict.reason, verdict.detail);
    const {prompt, history = [], chosen, rejected, rationale, source} = pair;
    const against = await own?.reasonAgainst({
      prompt,
      history: history.map(({role, content}) => ({role, content})),
      chosen,
      rejected,
      rationale,
      source: sourceWord(source),
    });
    if (against !== undefined)
      return reject(context, rejectedPair(pair), RejectionReason.REJECTION_REASON_OWN_FILTER, against);
    if (await publishOrReject(context, rejectedPair(pair), 'accepted', pair)) count('accepted');
  };

  return async (pair: CandidatePair): Promise<Outcome> => {
    await timed('filtering', () => decide(pair));
    return {kind: 'done'};
  };
};

await runActor('filter', loadFleet, start);
