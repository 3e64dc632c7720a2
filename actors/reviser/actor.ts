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
import {answersFolderOf, countAnswer, withAnswerCache} from '../../runtime/endpoints/answer-cache.js';
import {checkEndpoint} from '../../runtime/endpoints/check.js';
import {apiKeyFor, connectEndpoint, placeOf} from '../../runtime/endpoints/connect.js';
import {type Endpoint, openEndpoint} from '../../runtime/endpoints/endpoint.js';
import {TerminalError} from '../../runtime/errors.js';
import {steered} from '../../runtime/fleet/control/steered.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {seedOf} from '../../runtime/seed.js';
import {parseRevision, revisedPair, revisionPrompt, unrevisable} from './revise.js';

const DONE: Outcome = {kind: 'done'};

const start = (context: ActorContext<Fleet>): Observable<Outcome> => {
  const {bus, drain$, fleet, log} = context;
  const {reviser} = fleet.actors;
  if (reviser === undefined) {
    throw new TerminalError('actors.reviser: the fleet has none; add it, with its endpoint and model');
  }
  const maxInFlight = heldFor(reviser.concurrency);
  return defer(() => openTeacher(context, reviser)).pipe(
    switchMap((teacher) =>
      bus.deliveries('completions', {maxInFlight, drain$}).pipe(
        settle(reviseWith(context, teacher, reviser), maxInFlight),
        tap((outcome) => {
          if (outcome.kind === 'retry') log.warn({delayMs: outcome.delayMs}, outcome.reason);
        }),
      ),
    ),
  );
};

type Asking = NonNullable<Fleet['actors']['reviser']>;

/** Who is asked for the next revision, and how. */
interface Teacher {
  endpoint: Endpoint;
  instructions: string | undefined;
}

/** The teacher of the fleet as it is now. Another model is asked only once its endpoint was seen to have it. */
const openTeacher = async (context: ActorContext<Fleet>, begun: Asking): Promise<Teacher> => {
  const {fleet, runFolder, signal, log} = context;
  const place = placeOf('reviser', begun, fleet.endpoints);
  const apiKey = apiKeyFor(place);
  const warn = (line: string) => log.warn(line);
  const tell = context.warn;
  const cached = (endpoint: Endpoint, asking: Asking): Endpoint =>
    withAnswerCache(
      endpoint,
      {...asking, baseUrl: place.baseUrl},
      {folder: answersFolderOf(runFolder), warn},
    );
  const teacher: Teacher = {
    endpoint: cached(await connectEndpoint(place, begun, {apiKey, signal, warn, tell}), begun),
    instructions: begun.instructions,
  };
  let {model} = begun;
  await steered(context, async ({actors: {reviser}}) => {
    if (reviser === undefined) return;
    if (reviser.model !== model) {
      const check = await checkEndpoint({...place, model: reviser.model, apiKey});
      if (check.kind !== 'serves' && check.kind !== 'unlisted') throw new TerminalError(check.reason);
      teacher.endpoint = cached(openEndpoint({...place, ...reviser, apiKey}, tell), reviser);
      model = reviser.model;
    }
    teacher.instructions = reviser.instructions;
  });
  return teacher;
};

/** Whatever becomes of a completion is published before it is acknowledged: a candidate or a rejection, with its prompt's id. */
const reviseWith = (context: ActorContext<Fleet>, teacher: Teacher, asking: Asking) => {
  const {fleet, signal, count} = context;
  const firstAnswers = watchFirstAnswers(context, asking);

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
    const {endpoint, instructions} = teacher;
    const reply = await endpoint.complete({prompt: revisionPrompt(completion, instructions), seed, signal});
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
