/** What asking models will take, by a sample of a run's prompts: calls, tokens, money and hours, in lines for a person. */
import type {GivenAnswer} from '../../../proto/messages.js';
import type {Asker} from '../../actors.js';
import {costOf, moneyText} from '../../endpoints/usage.js';
import {currencyOf} from '../../fleet/asking/spend.js';
import type {Prompts} from '../../fleet/feed/prompts.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {askersOf, evaluatorAsks, judgesOf} from '../../fleet/fleet-actors.js';
import {conversationOf, transcriptOf} from '../../model/text/conversations.js';
import {loadTokenizer} from '../../model/text/tokenizer.js';
import {usableIn} from '../../ranking.js';
import {shuffled} from '../../seed.js';
import {callsOf, meetingsAmong, type Recorded} from './plan.js';

const SAMPLE = 200;
/** Of what is said around a prompt and its answers, as the actors' own words have them with most tokenizers. */
const FORM_TOKENS = 300;
/** Of a model's thoughts before what it was asked for. */
const REASONING_TOKENS = 200;
/** Of one request: what many endpoints give, and less than the fast ones. */
const TOKENS_PER_SECOND = 50;

/** Answers of the policy that a question shows; one without any is the prompt alone. */
const ANSWERS_SHOWN: Readonly<Partial<Record<Asker, number>>> = {reviser: 1, judge: 2};

/** Tokens of what one actor sends and gets in a call, by those of a prompt and of an answer of the policy; a judge writes none. */
const tokensOfCall = (actor: Asker, promptTokens: number, answerTokens: number) => {
  const shown = ANSWERS_SHOWN[actor] ?? 0;
  const isPrompt = shown === 0;
  return {
    promptTokens: (isPrompt ? 0 : FORM_TOKENS) + promptTokens + shown * answerTokens,
    completionTokens: (isPrompt ? 0 : REASONING_TOKENS) + (shown === 2 ? 0 : answerTokens),
  };
};

/** One line for each endpoint that is asked, one for the sum, and one for what is assumed. */
export const estimateOf = async (fleet: Fleet, prompts: Prompts): Promise<string[]> => {
  const asking = askersOf(fleet).filter(({actor}) => actor !== 'evaluator');
  if (asking.length === 0) return [];
  const tokenizer = await loadTokenizer(fleet.policy.model);
  const all = Array.from({length: prompts.length}, (_, index) => index);
  const sample = shuffled(all, fleet.seed, 'estimate').slice(0, SAMPLE);
  let sampledTokens = 0;
  const answers: GivenAnswer[][] = [];
  for (const index of sample) {
    const asked = {prompt: (await prompts.at(index)) ?? '', history: await prompts.historyAt?.(index)};
    sampledTokens += tokenizer.encode(transcriptOf(conversationOf(asked))).length;
    if (prompts.answersAt !== undefined) answers.push(await prompts.answersAt(index));
  }
  const recorded = recordedIn(fleet, answers);
  const promptTokens = sampledTokens / Math.max(1, sample.length);
  const answerTokens = fleet.policy.maxCompletionTokens / 2;
  const currency = currencyOf(fleet);
  const weightsOf = (actor: Asker): number =>
    asking.reduce((sum, each) => sum + (each.actor === actor ? each.asking.weight : 0), 0);
  const each = asking.map(({actor, asking: {endpoint: name, concurrency, count, weight}, endpoint}) => {
    const calls = Math.ceil((callsOf(fleet, actor, recorded).calls * weight) / weightsOf(actor));
    const call = tokensOfCall(actor, promptTokens, answerTokens);
    const tokens = {promptTokens: calls * call.promptTokens, completionTokens: calls * call.completionTokens};
    const minutes = Math.max(
      (calls * call.completionTokens) / TOKENS_PER_SECOND / 60 / (concurrency * count),
      calls / (endpoint.requestsPerMinute ?? Number.POSITIVE_INFINITY),
      'tokensPerMinute' in endpoint && endpoint.tokensPerMinute !== undefined
        ? (tokens.promptTokens + tokens.completionTokens) / endpoint.tokensPerMinute
        : 0,
    );
    return {actor, name, calls, ...tokens, cost: costOf(tokens, endpoint.price), hours: minutes / 60};
  });
  const cost = each.reduce((sum, one) => sum + one.cost, 0);
  const ceiling = fleet.spend?.ceiling;
  return [
    ...each.map(
      (one) =>
        `estimate   ${one.actor} at ${one.name}: ${one.calls} calls, ${thousands(one.promptTokens)} tokens in, ${thousands(one.completionTokens)} out${currency === undefined ? '' : `, ${moneyText(one.cost, currency)}`}, ${hoursText(one.hours)}`,
    ),
    ...(ceiling !== undefined && cost > ceiling
      ? [
          `           more than spend.ceiling, ${ceiling}: asking pauses after about ${Math.floor((ceiling / cost) * each.reduce((sum, {calls}) => sum + calls, 0))} calls`,
        ]
      : []),
    ...(evaluatorAsks(fleet) === undefined && judgesOf(fleet).length === 0
      ? []
      : ['           what evaluators ask, of a policy and of judges, is not in it']),
    `           assumed: prompts of ${Math.round(promptTokens)} tokens (${sample.length} sampled, by the policy's tokenizer), answers of ${answerTokens} (half of policy.maxCompletionTokens), ${recorded === undefined ? '' : `${Number(recorded.meetings.toFixed(2))} comparisons of recorded answers a prompt, `}${FORM_TOKENS} of form around them, ${REASONING_TOKENS} of reasoning, ${TOKENS_PER_SECOND} tokens a second a request; no rejections, and nothing from the cache`,
  ];
};

/** What a judge and other models are asked, by the recorded answers of each prompt that was sampled; undefined where nobody wants any. */
const recordedIn = (
  {filter, actors}: Fleet,
  sampled: readonly (readonly GivenAnswer[])[],
): Recorded | undefined => {
  if (sampled.length === 0) return undefined;
  const meetings = sampled.map((answers) => {
    // Other models answer what came without an answer.
    if (answers.length === 0) return meetingsAmong(actors.answerer?.others?.length ?? 0);
    const usable = usableIn({answers: [...answers]}, filter);
    return usable.kind === 'usable' ? meetingsAmong(usable.answers.length) : 0;
  });
  return {
    meetings: meetings.reduce((sum, each) => sum + each, 0) / sampled.length,
    unanswered: sampled.filter(({length}) => length === 0).length / sampled.length,
  };
};

const thousands = (tokens: number): string =>
  tokens >= 1e6 ? `${(tokens / 1e6).toFixed(1)}M` : `${(tokens / 1e3).toFixed(tokens >= 1e4 ? 0 : 1)}K`;

const hoursText = (hours: number): string =>
  hours < 1 ? `${Math.max(1, Math.round(hours * 60))} min` : `${hours.toFixed(1)} h`;
