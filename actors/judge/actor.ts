/** Judge: completion pairs → candidates, ordered by a model behind an endpoint (Eq. 2). */
import {defer, type Observable, switchMap, tap} from 'rxjs';
import {type CompletionPair, RejectionReason} from '../../proto/messages.js';
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
import {judgedPair, judgmentPrompt, parseJudgment, show, unjudgeable} from './judge.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, log} = context;
  return defer(() => openAsking(context, 'judge')).pipe(
    switchMap((asking) => {
      const maxInFlight = heldFor(asking.settings.concurrency);
      return bus.deliveries('completion_pairs', {maxInFlight, drain$}).pipe(
        settle(judgeWith(context, asking), maxInFlight),
        tap((outcome) => {
          if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
        }),
      );
    }),
  );
};

/** Whatever becomes of two answers is published before they are acknowledged: a candidate or a rejection, with their prompt's id. */
const judgeWith = (context: ActorContext<Fleet>, asking: Asking) => {
  const {fleet, signal, count} = context;
  const firstAnswers = watchFirstAnswers(context, asking.settings);

  const rejectAnswer = rejectAnswerWith(context, firstAnswers);

  const judge = async (pair: CompletionPair): Promise<Outcome> => {
    const {promptId, prompt, first, second} = pair;
    const rejected = {promptId, prompt, completions: [first, second]};
    const hopeless = unjudgeable(pair);
    if (hopeless !== undefined) {
      await reject(context, rejected, hopeless.reason, hopeless.detail);
      return DONE;
    }
    const shown = show(pair, fleet.seed);
    const seed = seedOf(fleet.seed, 'judgment', pair.promptId);
    const reply = await asking.complete({prompt: judgmentPrompt(shown), seed, signal});
    if (reply.kind === 'refused')
      return rejectAnswer(rejected, RejectionReason.REJECTION_REASON_ENDPOINT, reply.reason);
    countAnswer(count, reply);
    const judgment = parseJudgment(reply.text, reply.finishReason);
    if (judgment.kind === 'malformed') {
      const detail = reply.emptyReason ?? judgment.detail;
      return rejectAnswer({...rejected, reply: reply.text}, RejectionReason.REJECTION_REASON_FORMAT, detail);
    }
    firstAnswers.usable();
    const candidate = judgedPair(pair, shown, judgment, {
      ...reply,
      source: datasets[fleet.dataset].source,
    });
    if (!(await publishOrReject(context, rejected, 'candidates', candidate))) return DONE;
    count('judgments');
    if (shown.flipped) count('judgments/flipped');
    return DONE;
  };

  return (pair: CompletionPair): Promise<Outcome> => context.timed('judging', () => judge(pair));
};

await runActor('judge', loadFleet, start);
