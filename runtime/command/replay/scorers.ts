/** The suites of a replay's fleet, each ready to score the policy in this process; judges are asked by the replay's own account. */
import {join} from 'node:path';
import type * as z from 'zod';
import type {PreferencePair} from '../../../proto/messages.js';
import {answersFolderOf, withAnswerCache} from '../../endpoints/answer-cache.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import {TerminalError} from '../../errors.js';
import {limitsOf} from '../../fleet/asking/open-asking.js';
import {judgesOf} from '../../fleet/asking/open-judges.js';
import {evaluationsOf, nameOfEvaluation} from '../../fleet/file/evaluations.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {evaluatorAsks} from '../../fleet/fleet-actors.js';
import {loadPolicy, type Needs, type ScoredPolicy} from '../../fleet/scoring/scored-policy.js';
import {type OpenedEvaluation, openSuites, readSuites} from '../../fleet/scoring/suites.js';
import type {ModelCheckpoint} from '../../model/files/model-checkpoint.js';
import type {Judge} from '../../suites/judge.js';
import {openAccount} from '../eval/account.js';
import type {ProgressLine} from '../offline/progress-line.js';
import {
  firstLikelihoodsSchema,
  firstScoreKeys,
  firstScoreSchema,
  firstScoresFolderOf,
  type MeasuredOnce,
  measuredOnce,
} from './first-scores.js';
import {digestOf} from './replay-source.js';

type Weights = ModelCheckpoint['weights'];

export interface ReplayScorers {
  /** In the order of the fleet; none where it has no evaluation. */
  readonly suites: readonly ReplayEvaluation[];
  /** Takes up weights, which the next scores are of. */
  take(weights: Weights, policyVersion: number): Promise<void>;
  dispose(): Promise<void>;
}

export interface ReplayEvaluation extends OpenedEvaluation {
  /** The score of the policy before training: the one that is kept beside the runs, or what `measure` gives, which is kept then. */
  scoredFirst(measure: () => Promise<FirstScore>): Promise<z.output<typeof firstScoreSchema>>;
}

type FirstScore = z.input<typeof firstScoreSchema>;

export interface ScorersOptions {
  readonly fleet: Fleet;
  /** The replay's folder: what judges answered lies beside it, for other runs too. */
  readonly path: string;
  readonly heldOut: readonly PreferencePair[];
  readonly threads: number;
  readonly progress: ProgressLine;
  /** Ends what is being scored: it is scored anew by whoever goes on. */
  readonly signal: AbortSignal;
}

/** @throws TerminalError where a suite cannot be read, lacks its judge or its pairs, or asks what the policy has no places for. */
export const openScorers = async (
  model: ModelCheckpoint,
  options: ScorersOptions,
): Promise<ReplayScorers> => {
  const {fleet, path, heldOut, threads, progress, signal} = options;
  if (evaluationsOf(fleet).length === 0)
    return {suites: [], take: async () => undefined, dispose: async () => undefined};
  const suites = await readSuites(fleet);
  if (suites.some(({kind}) => kind === 'pairs') && heldOut.length === 0)
    throw new TerminalError(
      'suite heldout: the run has no held-out pairs; give --fleet a file with another suite, or none',
    );
  const keys = await firstScoreKeys(fleet, model, suites, digestOf(heldOut));
  const kept = (place: number, name: string): MeasuredOnce => ({
    ...{folder: join(firstScoresFolderOf(path), keys[place] ?? ''), name, signal},
    onWait: () =>
      progress.print(
        `waiting    another run scores the policy before training by ${nameOfEvaluationAt(fleet, place)}`,
      ),
  });
  const scoring = {
    fleet,
    signal,
    warn: (line: string) => progress.print(`note       ${line}`),
    advance: () => signal.throwIfAborted(),
  };
  if (evaluatorAsks(fleet) !== undefined)
    scoring.warn('actors.evaluator.endpoint is not asked: a replay has the policy answer in its own process');
  const load = async (needs: Needs): Promise<ScoredPolicy & Omit<ReplayScorers, 'suites'>> => {
    const {generator, scorer, reload, reloadScorer, dispose} = await loadPolicy(fleet, model, needs, {
      threads,
      say: () => undefined,
    });
    let taken = model.weights;
    return {
      ...{generator, scorer, dispose},
      async take(weights, policyVersion) {
        taken = weights;
        await reload(weights, policyVersion);
      },
      byFirst: (suite, measure) =>
        measuredOnce(firstLikelihoodsSchema, kept(suites.indexOf(suite), 'likelihoods'), async () => {
          await reloadScorer(model.weights);
          try {
            return await measure();
          } finally {
            await reloadScorer(taken);
          }
        }),
    };
  };
  const judges = openJudges(options);
  const opened = await openSuites(scoring, model, {suites, judges, pairs: heldOut, load});
  const {take, dispose} = opened.policy;
  return {
    suites: opened.suites.map((each, place) => ({
      ...each,
      scoredFirst: (measure) => measuredOnce(firstScoreSchema, kept(place, 'score'), measure),
    })),
    take,
    dispose,
  };
};

const nameOfEvaluationAt = (fleet: Fleet, place: number): string => {
  const evaluation = evaluationsOf(fleet)[place];
  return evaluation === undefined ? '' : nameOfEvaluation(evaluation);
};

/** What a judge answered to another run of this folder is not asked again, nor what it answered before a kill. */
const openJudges = ({fleet, path, progress, signal}: ScorersOptions): (Judge | undefined)[] => {
  if (evaluationsOf(fleet).every(({judge}) => judge === undefined)) return [];
  for (const {suite, judge} of evaluationsOf(fleet)) {
    const endpoint = judge && fleet.endpoints[judge.endpoint];
    if (endpoint !== undefined && 'demo' in endpoint)
      throw new TerminalError(
        `evaluation: suite ${suite}: its judge is the demo teacher, which a replay has none of; give --fleet a file where endpoints.${judge?.endpoint} has a baseUrl`,
      );
  }
  const [lowest] = [
    {ceiling: fleet.spend?.ceiling, setBy: 'spend.ceiling'},
    {ceiling: fleet.actors.evaluator.spendCeiling, setBy: 'actors.evaluator.spendCeiling'},
  ].toSorted((one, other) => (one.ceiling ?? Infinity) - (other.ceiling ?? Infinity));
  const account = openAccount(join(path, 'requests.jsonl'), lowest ?? {ceiling: undefined, setBy: ''});
  const warn = (line: string): void => progress.print(`note       ${line}`);
  return judgesOf(fleet, {
    signal,
    accounted: (endpoint) => {
      const limits = limitsOf(fleet, endpoint);
      return {price: limits.price, budget: account.budgetOf(endpoint, limits)};
    },
    open: async (options) =>
      withAnswerCache(await connectEndpoint(options, {signal, warn}), options, {
        folder: answersFolderOf(path),
        warn,
      }),
  });
};
