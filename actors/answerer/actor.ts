/**
 * Answerer: weaker completions → candidates, whose chosen side is a stronger model's own answer to the prompt (Eq. 4); unanswered
 * prompts → recorded answers, of other models for the judge (Eq. 3).
 */
import {defer, EMPTY, merge, type Observable, switchMap, tap} from 'rxjs';
import {type Completion, FinishReason, type Prompt} from '../../proto/messages.js';
import {ask} from '../../runtime/actor/ask.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {rejectAnswerWith, watchFirstAnswers} from '../../runtime/actor/first-answers.js';
import {publishOrReject} from '../../runtime/actor/reject.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import {writeChosenWith} from '../../runtime/actor/write-chosen.js';
import {datasets, recipesOf} from '../../runtime/datasets.js';
import {heldFor} from '../../runtime/endpoints/ahead.js';
import {usageSum} from '../../runtime/endpoints/usage.js';
import {type Asking, openAsking} from '../../runtime/fleet/asking/open-asking.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {askedOf} from '../../runtime/model/text/conversations.js';
import {seedOf} from '../../runtime/seed.js';
import {parseAnswer, questionFor, whyFew} from './answer.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, fleet, log} = context;
  const recipes = recipesOf(fleet).map(({name}) => name);
  const {others} = fleet.actors.answerer ?? {};
  return defer(() => openAsking(context, 'answerer')).pipe(
    switchMap((asking) => {
      const maxInFlight = heldFor(asking.settings.concurrency);
      const held = {maxInFlight, drain$};
      return merge(
        recipes.includes('stronger_preferred')
          ? bus.deliveries('weaker_completions', held).pipe(settle(answerWith(context, asking), maxInFlight))
          : EMPTY,
        others !== undefined && recipes.includes('judge_off_policy')
          ? bus
              .deliveries('unanswered', held)
              .pipe(settle(answerByOthers(context, asking, others), maxInFlight))
          : EMPTY,
      );
    }),
    tap((outcome) => {
      if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
    }),
  );
};

/** Whatever becomes of a prompt is published before it is acknowledged: the others' answers for the judge, or a rejection. */
const answerByOthers = (context: ActorContext<Fleet>, asking: Asking, models: readonly string[]) => {
  const {fleet, count} = context;
  const {system, retryMalformed} = asking.settings;
  const firstAnswers = watchFirstAnswers(context, asking.settings);
  const rejectAnswer = rejectAnswerWith(context, firstAnswers);

  const answer = async (prompt: Prompt): Promise<Outcome> => {
    const {promptId} = prompt;
    const asked = askedOf(prompt);
    const replies = await Promise.all(
      models.map(async (model) => {
        const named = ['answer', promptId, model] as const;
        const seeds = [seedOf(fleet.seed, ...named), seedOf(fleet.seed, ...named, 'again')] as const;
        const question = {...questionFor(prompt, system), model, seeds, read: parseAnswer};
        return {model, found: await ask(context, asking, question, retryMalformed)};
      }),
    );
    const answers = replies.flatMap(({model, found}) =>
      found.kind === 'read'
        ? [{text: found.read.text, model, finishReason: FinishReason.FINISH_REASON_STOP}]
        : [],
    );
    const rejected = {promptId, ...asked, completions: answers.map(({text}) => text)};
    if (answers.length < 2) {
      const {reason, detail} = whyFew(replies.map(({found}) => found));
      return rejectAnswer(rejected, reason, detail);
    }
    firstAnswers.usable();
    const usage = usageSum(replies.map(({found}) => found.usage));
    const set = {promptId, ...asked, answers, policyVersion: 0, usage};
    if (await publishOrReject(context, rejected, 'recorded_answers', set)) count('answers', answers.length);
    return DONE;
  };

  return (prompt: Prompt): Promise<Outcome> => context.timed('answering', () => answer(prompt));
};

const answerWith = (context: ActorContext<Fleet>, asking: Asking) => {
  const {seed} = context.fleet;
  const answer = writeChosenWith(context, asking, {
    source: datasets.stronger_preferred.source,
    metric: 'answers',
    questionOf: (completion) => {
      const {promptId} = completion;
      return {
        ...questionFor(completion, asking.settings.system),
        seeds: [seedOf(seed, 'answer', promptId), seedOf(seed, 'answer', promptId, 'again')],
        read: parseAnswer,
      };
    },
  });
  return (completion: Completion): Promise<Outcome> => context.timed('answering', () => answer(completion));
};

await runActor('answerer', loadFleet, start);
