/** How the judges of suites come to be asked: an evaluator's by the run's account, within its ceilings, and by what was answered before. */
import type {ActorContext} from '../../actor/context.js';
import {
  answersFolderOf,
  countAnswer,
  type SharedAnswers,
  withAnswerCache,
} from '../../endpoints/answer-cache.js';
import {connectEndpoint} from '../../endpoints/connect.js';
import type {Endpoint, EndpointOptions} from '../../endpoints/endpoint.js';
import {apiKeyFor, askingPlace} from '../../endpoints/place.js';
import {type Judge, judgeOf} from '../../suites/judge.js';
import {evaluationPath, evaluationsOf, seedOfEvaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import type {Ledger} from './ledger.js';
import {accountedBy, onceSettled, sharesAnswers} from './open-asking.js';

/** How the endpoints of judges are asked. */
export interface AskedJudges {
  readonly signal: AbortSignal;
  /** What requests to an endpoint of the fleet cost, and who lets them go. */
  readonly accounted: (endpoint: string) => Pick<EndpointOptions, 'price' | 'budget'>;
  /** @param endpoint the fleet's key of it. */
  readonly open: (options: EndpointOptions, endpoint: string) => Promise<Endpoint>;
}

/**
 * A judge for each suite that has one; undefined for the others. Its endpoint is seen to answer before the first question: one that
 * cannot be asked then fails that question, and no more.
 *
 * @throws TerminalError where the fleet has no such endpoint, or a key is missing.
 */
export const judgesOf = (fleet: Fleet, {signal, accounted, open}: AskedJudges): (Judge | undefined)[] =>
  evaluationsOf(fleet).map((evaluation, place) => {
    const {judge} = evaluation;
    if (judge === undefined) return undefined;
    const where = askingPlace([...evaluationPath(fleet, place), 'judge'].join('.'), judge, fleet.endpoints);
    const options: EndpointOptions = {
      ...judge,
      ...where,
      apiKey: apiKeyFor(where),
      ...accounted(judge.endpoint),
    };
    const endpoint: Endpoint = {
      ...whenAsked(() => open(options, judge.endpoint)),
      concurrency: options.concurrency,
    };
    const {model, form, structured, maxFirstUnusable} = judge;
    return judgeOf(endpoint, {
      ...{model, words: {form, structured}, key: where.askingKey, maxFirstUnusable},
      ...{signal, seed: seedOfEvaluation(evaluation, fleet)},
    });
  });

/** Those of an evaluator, by the run's account. @param ledger its own; undefined where no suite has a judge. */
export const openJudges = async (
  context: ActorContext<Fleet>,
  ledger: Ledger | undefined,
): Promise<(Judge | undefined)[]> => {
  const {fleet, bus, signal} = context;
  if (ledger === undefined) return evaluationsOf(fleet).map(() => undefined);
  const shared = (await bus.answers.isThere()) ? bus.answers : undefined;
  return judgesOf(fleet, {
    signal,
    accounted: (endpoint) => accountedBy(ledger, fleet, endpoint),
    open: (options, name) =>
      openCounted(context, options, ledger, sharesAnswers(fleet, name) ? shared : undefined),
  });
};

/** An endpoint that is opened by the first request, and again by the next where that failed. */
const whenAsked = (open: () => Promise<Endpoint>): Endpoint => {
  let opened: Promise<Endpoint> | undefined;
  return {
    async complete(request) {
      opened ??= open();
      const opening = opened;
      const endpoint = await opening.catch((error) => {
        if (opened === opening) opened = undefined;
        throw error;
      });
      return endpoint.complete(request);
    },
  };
};

/** An endpoint whose answers are kept, counted, and given when what they took is in the account. */
const openCounted = async (
  {runFolder, signal, log, warn: tell, count, advance}: ActorContext<Fleet>,
  options: EndpointOptions,
  ledger: Ledger,
  shared: SharedAnswers | undefined,
): Promise<Endpoint> => {
  const warn = (line: string) => log.warn(line);
  const endpoint = await connectEndpoint(options, {signal, warn, tell, isWaitedFor: true});
  const cached = withAnswerCache(endpoint, options, {folder: answersFolderOf(runFolder), shared, warn});
  const settled = onceSettled(cached, ledger);
  return {
    async complete(request) {
      const reply = await settled.complete(request);
      if (reply.kind === 'answer') countAnswer(count, reply);
      advance();
      return reply;
    },
  };
};
