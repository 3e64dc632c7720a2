/** How an evaluator comes to ask the judges of its suites: by the run's account, within its ceilings, and by what was answered before. */
import type {ActorContext} from '../../actor/context.js';
import {answersFolderOf, countAnswer, withAnswerCache} from '../../endpoints/answer-cache.js';
import {apiKeyFor, askingPlace, connectEndpoint} from '../../endpoints/connect.js';
import type {Endpoint, EndpointOptions} from '../../endpoints/endpoint.js';
import {type Judge, judgeOf} from '../../suites/judge.js';
import {type Evaluation, evaluationPath, evaluationsOf, seedOfEvaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import type {Ledger} from './ledger.js';
import {accountedBy, onceSettled, openAccount} from './open-asking.js';

/**
 * A judge for each suite that has one; undefined for the others. Its endpoint is seen to answer before the first question: one that
 * cannot be asked then fails that question, and no more.
 *
 * @param fleetNow with the ceilings as they are now.
 */
export const openJudges = async (
  context: ActorContext<Fleet>,
  fleetNow: () => Fleet,
): Promise<(Judge | undefined)[]> => {
  const {fleet} = context;
  const all = evaluationsOf(fleet);
  if (all.every(({judge}) => judge === undefined)) return all.map(() => undefined);
  const ledger = await openAccount(context, 'evaluator', fleetNow);
  const open = (evaluation: Evaluation, place: number): Judge | undefined => {
    const {judge} = evaluation;
    if (judge === undefined) return undefined;
    const {endpoint: name, model} = judge;
    const where = askingPlace([...evaluationPath(fleet, place), 'judge'].join('.'), judge, fleet.endpoints);
    const options: EndpointOptions = {
      ...judge,
      ...where,
      apiKey: apiKeyFor(where),
      ...accountedBy(ledger, fleet, name),
    };
    const opened = whenAsked(() => openCounted(context, options, ledger));
    const endpoint: Endpoint = {...opened, concurrency: options.concurrency};
    const {signal} = context;
    return judgeOf(endpoint, {model, signal, seed: seedOfEvaluation(evaluation, fleet)});
  };
  return all.map(open);
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
): Promise<Endpoint> => {
  const warn = (line: string) => log.warn(line);
  const endpoint = await connectEndpoint(options, {signal, warn, tell});
  const cached = withAnswerCache(endpoint, options, {folder: answersFolderOf(runFolder), warn});
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
