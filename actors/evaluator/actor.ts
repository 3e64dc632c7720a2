/**
 * Evaluator: checkpoints → scores. Published checkpoints are scored by each suite of the fleet that they are due for, in a process of
 * its own, so that the learner never waits.
 *
 * E1 A checkpoint is acknowledged when all its scores are in the log: one whose evaluator is killed is taken by another, or by the
 *    next of its name, which leaves out what is there.
 * E2 A score has an id by name, seed and policy version: of two processes that score the same, the server keeps the first.
 * E3 A score that cannot be had is given up by name, and nobody waits for it: training goes on whatever a suite does.
 */
import {defer, type Observable, switchMap} from 'rxjs';
import type {Checkpoint, EvaluationScore} from '../../proto/messages.js';
import type {ActorContext, Outcome} from '../../runtime/actor/context.js';
import {runActor} from '../../runtime/actor/run-actor.js';
import {settle} from '../../runtime/actor/settle.js';
import type {Bus, Delivery} from '../../runtime/bus/bus.js';
import {TerminalError} from '../../runtime/errors.js';
import {steered} from '../../runtime/fleet/control/steered.js';
import {byWorth, moveBest, rankedScores} from '../../runtime/fleet/evaluation/best.js';
import {isDue, keysOf, scoreKey} from '../../runtime/fleet/evaluation/due.js';
import {giveUp} from '../../runtime/fleet/evaluation/unscored.js';
import {decidingOf, evaluationsOf} from '../../runtime/fleet/file/evaluations.js';
import type {Fleet} from '../../runtime/fleet/file/schema.js';
import {loadFleet} from '../../runtime/fleet/file/started.js';
import {growingLog} from '../../runtime/fleet/run/log-now.js';
import {requireSameEvaluation} from '../../runtime/fleet/run/origin.js';
import {scoreValues} from '../../runtime/fleet/scoring/score.js';
import type {OpenedEvaluation} from '../../runtime/fleet/scoring/suites.js';
import {stepBack} from '../../runtime/machine/priority.js';
import {publishScore} from './io/publish-score.js';
import {openScorers, type Scorers} from './io/scorers.js';

const start = (context: ActorContext<Fleet>): Observable<unknown> =>
  defer(() => open(context)).pipe(
    switchMap(({scorers, scores}) => {
      const {bus, drain$} = context;
      return bus
        .sharedEntries('checkpoints', {durable: 'evaluator', maxInFlight: 1, drain$})
        .pipe(
          settle(
            (checkpoint, delivery) =>
              take(context, scorers, scores, checkpoint, delivery).finally(scorers.policy.letGo),
            1,
          ),
        );
    }),
  );

/** Without what grows with a suite's items. Field by field: a decoded message has its zeros where a spread does not see them. */
const withoutItems = (score: EvaluationScore): EvaluationScore => ({
  ...{step: score.step, policyVersion: score.policyVersion, weightsSha256: score.weightsSha256},
  ...{suite: score.suite, name: score.name ?? '', seed: score.seed ?? null},
  ...{score: score.score, margin: score.margin ?? null, metrics: {...score.metrics}},
  ...{items: score.items, seconds: score.seconds},
});
type Scores = () => Promise<readonly EvaluationScore[]>;

const open = async (
  context: ActorContext<Fleet>,
): Promise<{readonly scorers: Scorers; readonly scores: Scores}> => {
  const {bus, fleet} = context;
  if (evaluationsOf(fleet).length === 0)
    throw new TerminalError('this fleet has no evaluation: give it a suite, or start no evaluator');
  const now = await steered(context);
  await requireSameEvaluation(bus, fleet);
  const scores = growingLog(bus, 'scores', withoutItems);
  // Whoever was killed after a score may have left it out; so may a server that has the run again from its folder.
  const deciding = decidingOf(fleet);
  const [best] = deciding === undefined ? [] : rankedScores(await scores(), deciding).toSorted(byWorth);
  if (best !== undefined) await becomeBest(context, best.score);
  return {scorers: await openScorers(context, () => now.fleet), scores};
};

/** At a checkpoint whose evaluators are killed each time, or whose judge does not answer; fewer than the bus delivers it. */
const MOST_TRIES = 40;

/** Scores a checkpoint by the suites that it is due for, one after the other. */
const take = async (
  context: ActorContext<Fleet>,
  {policy, suites}: Scorers,
  scores: Scores,
  checkpoint: Checkpoint,
  {sequence, deliveryCount}: Pick<Delivery<Checkpoint>, 'sequence' | 'deliveryCount'>,
): Promise<Outcome> => {
  const {bus, fleet, warn} = context;
  const {step, policyVersion} = checkpoint;
  const unscored = async (by: readonly OpenedEvaluation[], reason: string, whose = ''): Promise<void> => {
    warn(`the checkpoint of step ${step} is not scored${whose}: ${reason}`);
    const keys = by.map(({evaluation}) => keysOf(evaluation, fleet, policyVersion)[0]);
    await giveUp(bus.kv, keys, reason);
  };
  if (deliveryCount > MOST_TRIES) {
    await unscored(suites, `${MOST_TRIES} tries at it did not end`);
    return {kind: 'done'};
  }
  const isAgain = await wasBefore(bus, checkpoint, sequence);
  for (const [place, suite] of suites.entries()) {
    const {evaluation} = suite;
    // Each time anew: others score, and checkpoints come, meanwhile.
    const newest = (await bus.last('checkpoints'))?.message.policyVersion ?? policyVersion;
    if (!isDue(evaluation, checkpoint, {newest, isAgain})) continue;
    const keys: readonly string[] = keysOf(evaluation, fleet, policyVersion);
    const known = (await scores()).find((score) => keys.includes(scoreKey(score)));
    if (known !== undefined) {
      await becomeBest(context, known);
      continue;
    }
    try {
      await policy.take(checkpoint);
    } catch (error) {
      // It may be nobody's of this run: one that is not what its message says is no reason to end it.
      if (!(error instanceof TerminalError)) throw error;
      await unscored(suites.slice(place), error.message);
      break;
    }
    try {
      await evaluate(context, suite, checkpoint);
    } catch (error) {
      // A judge that answers nobody, or a module that fails at one answer, is no reason to end the training.
      if (!(error instanceof TerminalError)) throw error;
      await unscored([suite], error.message, ` by ${suite.name}`);
    }
  }
  return {kind: 'done'};
};

/** Whether the checkpoint is the one before it in the log once more, as the last of the run now. */
const wasBefore = async (
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

const evaluate = async (
  context: ActorContext<Fleet>,
  suite: OpenedEvaluation,
  checkpoint: Checkpoint,
): Promise<void> => {
  const {step, policyVersion, objective, objectiveRevision} = checkpoint;
  const {name} = suite;
  const started = performance.now();
  const found = await context.timed('evaluating', () => suite.score(checkpoint));
  const seconds = (performance.now() - started) / 1000;
  const published = await publishScore(context, checkpoint, suite, found, seconds);
  await becomeBest(context, published.score);
  if (!published.isFirst) return;
  const decides = decidingOf(context.fleet)?.name === name;
  context.report(scoreValues(found, {name, decides, seconds}), {
    ...{step, policyVersion, objective, objectiveRevision},
  });
};

const becomeBest = async (
  {bus, fleet}: Pick<ActorContext<Fleet>, 'bus' | 'fleet'>,
  score: EvaluationScore,
): Promise<void> => {
  const deciding = decidingOf(fleet);
  if (deciding !== undefined) await moveBest(bus.kv, score, deciding);
};

// A step is waited for, and a score is not.
stepBack();
await runActor('evaluator', loadFleet, start);
