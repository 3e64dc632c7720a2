/**
 * Evaluator: checkpoints → scores. Every published checkpoint is scored, by its answers or by the pairs that are held back,
 * in a process of its own, so that the learner never waits.
 */
import {defer, type Observable, switchMap} from 'rxjs';
import type {Checkpoint} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import type {Bus} from '../../runtime/bus/bus.js';
import {MessageTooLarge} from '../../runtime/bus/connection/failures.js';
import {TerminalError} from '../../runtime/errors.js';
import {ContentMissing} from '../../runtime/fleet/checkpoints/policy.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {logNow} from '../../runtime/fleet/run/log-now.js';
import {requireSameEvaluation} from '../../runtime/fleet/run/origin.js';
import {questionsOf} from '../../runtime/suites/suites.js';
import {openAnswers} from './io/answers.js';
import {openHeldOut} from './io/held-out.js';
import type {Score, Scorer} from './score.js';

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(async () => ({scorer: await openScorer(context), scored: await scoredBefore(context.bus)})).pipe(
    switchMap(({scorer, scored}) => {
      const {bus, drain$} = context;
      return bus.sharedEntries('checkpoints', {durable: 'evaluator', maxInFlight: 1, drain$}).pipe(
        settle(async (checkpoint, {sequence}) => {
          if (scored.has(checkpoint.policyVersion)) return {kind: 'done'};
          if (await isScoredAlready(bus, checkpoint, sequence)) return {kind: 'done'};
          try {
            return await evaluate(context, scorer, checkpoint);
          } catch (error) {
            if (!(error instanceof ContentMissing)) throw error;
            context.warn(`the checkpoint of step ${checkpoint.step} is not scored: ${error.message}`);
            return {kind: 'done'};
          }
        }, 1),
      );
    }),
  );

/**
 * Policy versions that have their score already. A server that lost the run, and has it again from its folder, does not
 * remember who took what.
 */
const scoredBefore = async (bus: Bus): Promise<ReadonlySet<number>> =>
  new Set((await logNow(bus, 'scores')).map(({policyVersion}) => policyVersion));

/** The last checkpoint of a run may be the one before it once more: whoever took that scores it. */
const isScoredAlready = async (
  bus: Bus,
  {final, policyVersion}: Checkpoint,
  sequence: number,
): Promise<boolean> => {
  if (!final || sequence === 1) return false;
  const before = sequence - 1;
  for await (const {message} of bus.read('checkpoints', {sequence: before, through: before}))
    return message.policyVersion === policyVersion;
  return false;
};

const openScorer = async (context: ActorContext<Fleet>): Promise<Scorer> => {
  const {evaluation} = context.fleet;
  if (evaluation === undefined)
    throw new TerminalError('this fleet has no evaluation: give it a suite, or start no evaluator');
  await requireSameEvaluation(context.bus, context.fleet);
  const questions = await questionsOf(evaluation);
  return questions === undefined ? openHeldOut(context) : openAnswers(context, questions);
};

const evaluate = async (
  context: ActorContext<Fleet>,
  scorer: Scorer,
  checkpoint: Checkpoint,
): Promise<Outcome> => {
  const {bus, grace} = context;
  const {step, policyVersion, weightsSha256, objective, objectiveRevision} = checkpoint;
  const started = performance.now();
  const {
    score,
    items,
    margin,
    answers = [],
    grades = [],
    itemIds = [],
  } = await context.timed('evaluating', (): Promise<Score> => scorer.score(checkpoint));
  const seconds = (performance.now() - started) / 1000;
  const {suite} = scorer;
  const found = margin === undefined ? {} : {margin};
  const scored = {step, policyVersion, suite, score, items, seconds, weightsSha256, ...found};
  // As many of the answers as the server has room for; without the grades by item, where those alone are too many.
  for (let shown = answers.length; ; shown -= 1) {
    try {
      const byItem = shown < 0 ? {} : {grades, itemIds};
      const message = {...scored, ...byItem, answers: answers.slice(0, Math.max(0, shown))};
      await bus.publish('scores', message, `${suite}-${policyVersion}`, grace);
      break;
    } catch (error) {
      if (!(error instanceof MessageTooLarge) || shown < 0) throw error;
    }
  }
  context.report(
    {score, 'score/seconds': seconds, ...(margin === undefined ? {} : {'score/margin': margin})},
    {step, policyVersion, objective, objectiveRevision},
  );
  return {kind: 'done'};
};

await runActor('evaluator', loadFleet, start);
