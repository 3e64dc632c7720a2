/** Filter: candidates → accepted, or rejections with the rule that was broken (Appendix A.2). */
import type {Observable} from 'rxjs';
import {type CandidatePair, RejectionReason} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run.js';
import {settle} from '../../runtime/actor/settle.js';
import {loadFleet} from '../../runtime/fleet/load.js';
import type {Fleet} from '../../runtime/fleet/schema.js';
import {accept} from './accept.js';

/** Enough to keep the bus busy; the rules themselves take no time. */
const CONCURRENCY = 16;

const start = (context: ActorContext<Fleet>): Observable<Outcome> =>
  context.bus
    .deliveries('candidates', {maxInFlight: CONCURRENCY, drain$: context.drain$})
    .pipe(settle(filterWith(context), CONCURRENCY));

/** Whatever becomes of a candidate is published before it is acknowledged, with its prompt's id. */
const filterWith = ({bus, fleet, name, report, signal, timed}: ActorContext<Fleet>) => {
  const totals: Record<string, number> = {};
  const count = (metric: string): void => {
    totals[metric] = (totals[metric] ?? 0) + 1;
  };

  const decide = async (pair: CandidatePair): Promise<void> => {
    const {promptId} = pair;
    const verdict = accept(pair, fleet.filter);
    if (verdict.kind === 'accepted') {
      await bus.publish('accepted', pair, promptId, signal);
      return count('accepted');
    }
    const {reason, detail} = verdict;
    await bus.publish('rejections', {promptId, actor: name, reason, detail}, promptId, signal);
    count(`rejections/${RejectionReason[reason].replace('REJECTION_REASON_', '').toLowerCase()}`);
  };

  return async (pair: CandidatePair): Promise<Outcome> => {
    await timed('filtering', () => decide(pair));
    report(totals);
    return {kind: 'done'};
  };
};

await runActor('filter', loadFleet, start);
