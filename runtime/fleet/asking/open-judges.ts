/** How an evaluator comes to ask the judges of its suites: by the run's account, within its ceilings, and by what was answered before. */
import type {ActorContext} from '../../actor/context.js';
import {answersFolderOf, countAnswer, withAnswerCache} from '../../endpoints/answer-cache.js';
import {apiKeyFor, askingPlace, connectEndpoint} from '../../endpoints/connect.js';
import type {Endpoint, EndpointOptions} from '../../endpoints/endpoint.js';
import {type Judge, judgeOf} from '../../suites/judge.js';
import {type Evaluation, evaluationPath, evaluationsOf, seedOfEvaluation} from '../file/evaluations.js';
import type {Fleet} from '../file/schema.js';
import {limitsOf, openAccount} from './open-asking.js';

/**
 * A judge for each suite that has one, once its endpoint was seen to answer; undefined for the others.
 *
 * @param fleetNow with the ceilings as they are now.
 * @throws TerminalError where an endpoint cannot be asked.
 */
export const openJudges = async (
  context: ActorContext<Fleet>,
  fleetNow: () => Fleet,
): Promise<(Judge | undefined)[]> => {
  const {fleet} = context;
  const all = evaluationsOf(fleet);
  if (all.every(({judge}) => judge === undefined)) return all.map(() => undefined);
  const ledger = await openAccount(context, 'evaluator', fleetNow);
  const open = async (evaluation: Evaluation, place: number): Promise<Judge | undefined> => {
    const {judge} = evaluation;
    if (judge === undefined) return undefined;
    const {endpoint: name, model} = judge;
    const where = askingPlace([...evaluationPath(fleet, place), 'judge'].join('.'), judge, fleet.endpoints);
    const options: EndpointOptions = {
      ...judge,
      ...where,
      apiKey: apiKeyFor(where),
      price: limitsOf(fleet, name).price,
      budget: {claim: (question, until) => ledger.claim({...question, endpoint: name}, until)},
    };
    const endpoint = await openCounted(context, options, () => ledger.settled());
    const {signal} = context;
    return judgeOf(endpoint, {model, signal, seed: seedOfEvaluation(evaluation, fleet)});
  };
  const judges: (Judge | undefined)[] = [];
  for (const [place, evaluation] of all.entries()) judges.push(await open(evaluation, place));
  return judges;
};

/** An endpoint whose answers are kept, counted, and given when what they took is in the account. */
const openCounted = async (
  {runFolder, signal, log, warn: tell, count, advance}: ActorContext<Fleet>,
  options: EndpointOptions,
  settled: () => Promise<void>,
): Promise<Endpoint> => {
  const warn = (line: string) => log.warn(line);
  const endpoint = await connectEndpoint(options, {signal, warn, tell});
  const cached = withAnswerCache(endpoint, options, {folder: answersFolderOf(runFolder), warn});
  return {
    ...cached,
    async complete(request) {
      const reply = await cached.complete(request);
      await settled();
      if (reply.kind === 'answer') countAnswer(count, reply);
      advance();
      return reply;
    },
  };
};
