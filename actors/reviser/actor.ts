/** Reviser: completions → candidates, by minimal revisions of a stronger model behind an endpoint (CLAIR, Eq. 1). */
import {defer, type Observable, switchMap, tap} from 'rxjs';
import {type Completion, RejectionReason} from '../../proto/messages.js';
import {ask} from '../../runtime/actor/ask.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {rejectAnswerWith, watchFirstAnswers} from '../../runtime/actor/first-answers.js';
import {hopelessIn, pairAgainst} from '../../runtime/actor/policy-answer.js';
import {promptFileOf} from '../../runtime/actor/prompt-file.js';
import {publishOrReject, reject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {datasets} from '../../runtime/datasets.js';
import {heldFor} from '../../runtime/endpoints/ahead.js';
import {type Asking, openAsking} from '../../runtime/fleet/asking/open-asking.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {seedOf} from '../../runtime/seed.js';
import {
  exampleTurns,
  parseRevision,
  type RevisionReply,
  revisionAnswerForm,
  revisionPrompt,
} from './revise.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, log} = context;
  return defer(() => openReviser(context)).pipe(
    switchMap(({asking, template}) => {
      const maxInFlight = heldFor(asking.settings.concurrency);
      return bus.deliveries('completions', {maxInFlight, drain$}).pipe(
        settle(reviseWith(context, asking, template), maxInFlight),
        tap((outcome) => {
          if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
        }),
      );
    }),
  );
};

/** Who is asked, and the user's own words for it, where the fleet has a file of them. */
const openReviser = async (context: ActorContext<Fleet>) => ({
  template: await promptFileOf('actors.reviser.promptFile', context.fleet.actors.reviser?.promptFile, [
    'prompt',
    'completion',
  ]),
  asking: await openAsking(context, 'reviser'),
});

/** Whatever becomes of a completion is published before it is acknowledged: a candidate or a rejection, with its prompt's id. */
const reviseWith = (context: ActorContext<Fleet>, asking: Asking, template: string | undefined) => {
  const {fleet, count} = context;
  const {retryMalformed, system} = asking.settings;
  const firstAnswers = watchFirstAnswers(context, asking.settings);
  const rejectAnswer = rejectAnswerWith(context, firstAnswers);

  const revise = async (completion: Completion): Promise<Outcome> => {
    const {promptId, prompt, completion: answer} = completion;
    const rejected = {promptId, prompt, completions: [answer]};
    const hopeless = hopelessIn(completion, fleet.filter);
    if (hopeless !== undefined) {
      await reject(context, rejected, hopeless.reason, hopeless.detail);
      return DONE;
    }
    // As the fleet is now: its instructions may change while it runs.
    const {examples = [], ...settings} = asking.fleet.actors.reviser ?? {};
    const words = {...settings, template};
    const question = {
      system,
      examples: exampleTurns(examples, words),
      prompt: revisionPrompt(completion, words),
      form: words.structured ? revisionAnswerForm : undefined,
      seeds: [
        seedOf(fleet.seed, 'revision', promptId),
        seedOf(fleet.seed, 'revision', promptId, 'again'),
      ] as const,
      read: (reply: RevisionReply) => parseRevision(reply, words, answer),
    };
    const asked = await ask(context, asking, question, retryMalformed);
    if (asked.kind === 'refused')
      return rejectAnswer(rejected, RejectionReason.REJECTION_REASON_ENDPOINT, asked.reason);
    if (asked.kind === 'malformed') {
      const unread = {...rejected, reply: asked.text};
      return rejectAnswer(unread, RejectionReason.REJECTION_REASON_FORMAT, asked.detail);
    }
    const pair = pairAgainst(completion, asked.read, {...asked.reply, source: datasets.clair.source});
    firstAnswers.usable();
    const revised = {...rejected, reply: pair.chosen};
    if (await publishOrReject(context, revised, 'candidates', pair)) count('revisions');
    return DONE;
  };

  return (completion: Completion): Promise<Outcome> => context.timed('revising', () => revise(completion));
};

await runActor('reviser', loadFleet, start);
