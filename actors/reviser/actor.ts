/** Reviser: completions → candidates, by minimal revisions of a stronger model behind an endpoint (CLAIR, Eq. 1). */
import {defer, type Observable, switchMap, tap} from 'rxjs';
import {type Completion, RejectionReason} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {rejectAnswerWith, watchFirstAnswers} from '../../runtime/actor/first-answers.js';
import {publishOrReject, reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {datasets} from '../../runtime/datasets.js';
import {heldFor} from '../../runtime/endpoints/ahead.js';
import {countAnswer} from '../../runtime/endpoints/answer-cache.js';
import {type Asking, openAsking} from '../../runtime/fleet/asking/open-asking.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {seedOf} from '../../runtime/seed.js';
import {parseRevision, revisedPair, revisionPrompt, unrevisable} from './revise.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, log} = context;
  return defer(() => openAsking(context, 'reviser')).pipe(
    switchMap((asking) => {
      const maxInFlight = heldFor(asking.settings.concurrency);
      return bus.deliveries('completions', {maxInFlight, drain$}).pipe(
        settle(reviseWith(context, asking), maxInFlight),
        tap((outcome) => {
          if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
        }),
      );
    }),
  );
};

/** Whatever becomes of a completion is published before it is acknowledged: a candidate or a rejection, with its prompt's id. */
const reviseWith = (context: ActorContext<Fleet>, asking: Asking) => {
  const {fleet, signal, count} = context;
  const firstAnswers = watchFirstAnswers(context, asking.settings);

  const rejectAnswer = rejectAnswerWith(context, firstAnswers);

  const revise = async (completion: Completion): Promise<Outcome> => {
    const {promptId, prompt, completion: answer} = completion;
    const rejected = {promptId, prompt, completions: [answer]};
    const hopeless = unrevisable(completion);
    if (hopeless !== undefined) {
      await reject(context, rejected, hopeless.reason, hopeless.detail);
      return DONE;
    }
    const seed = seedOf(fleet.seed, 'revision', completion.promptId);
    const {instructions} = asking.fleet.actors.reviser ?? {};
    const reply = await asking.complete({prompt: revisionPrompt(completion, instructions), seed, signal});
    if (reply.kind === 'refused') {
      return rejectAnswer(rejected, RejectionReason.REJECTION_REASON_ENDPOINT, reply.reason);
    }
    countAnswer(count, reply);
    const revision = parseRevision(reply.text, reply.finishReason);
    if (revision.kind === 'malformed') {
      const detail = reply.emptyReason ?? revision.detail;
      return rejectAnswer({...rejected, reply: reply.text}, RejectionReason.REJECTION_REASON_FORMAT, detail);
    }
    const pair = revisedPair(completion, revision, {...reply, source: datasets[fleet.dataset].source});
    firstAnswers.usable();
    const revised = {...rejected, reply: pair.chosen};
    if (await publishOrReject(context, revised, 'candidates', pair)) count('revisions');
    return DONE;
  };

  return (completion: Completion): Promise<Outcome> => context.timed('revising', () => revise(completion));
};

await runActor('reviser', loadFleet, start);
