/**
 * What was asked of models behind endpoints, what that cost, and what may still be asked: one account for a run, in which
 * every process that asks has its place. Pure: the functions here change a draft of the account and nothing else.
 *
 * U1 A request is counted before it is sent, by estimate, among what is `open` of its process; when it ends, what it took by
 *    the endpoint's own count takes the place of the estimate. A process that was killed leaves its open requests to the next
 *    of its name, which counts them as spent: they were sent, and are most likely paid for.
 * U2 Requests and tokens a minute are handed out as moments. An endpoint has a moment from which on nothing is handed out yet; a
 *    request takes it, or now where that is later, and moves it on by what the request takes of the rate. So the sum over all
 *    processes keeps to the limit, whoever of them asks how much, and nothing that is handed out lies unused.
 * U3 Nothing is handed out by which what is spent and open would exceed a ceiling.
 */

import type {Usage} from '../../proto/messages.js';

/** What requests took, or are expected to take. */
export interface Use {
  readonly requests: number;
  /** Of the questions. */
  readonly characters: number;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** In the currency of the price. */
  readonly cost: number;
}

interface ProcessUse extends Use {
  /** Of requests under way, by estimate. */
  open: Use;
  /** Changes that the process made to the account. */
  turn: number;
}
/** The account as it lies in the run's key-value bucket, and is checked at its door. */
export interface Account {
  /** By process, such as `reviser-0`. */
  readonly processes: Record<string, ProcessUse>;
  /** By the fleet's key of the endpoint: when what is handed out next may be sent, by the server's clock. */
  readonly endpoints: Record<string, {requestsFromMs: number; tokensFromMs: number}>;
  /** The ceiling that was last said to be reached, such as `spend.ceiling 5`. */
  reached?: string;
  /** Who changed it last, such as `reviser-0`. */
  by?: string;
}

export interface Price {
  readonly inputPerMillion: number;
  readonly outputPerMillion: number;
}
/** What a fleet says of an endpoint; undefined is unlimited, or free. */
export interface EndpointLimits {
  readonly requestsPerMinute?: number | undefined;
  readonly tokensPerMinute?: number | undefined;
  readonly price?: Price | undefined;
}
/** Undefined is none. */
export interface Ceilings {
  /** Of the whole run. */
  readonly run: number | undefined;
  /** Of one actor, all its processes together. */
  readonly actor: number | undefined;
}

/** A request that is to be sent. */
export interface Question {
  /** The fleet's key of the endpoint, such as `teacher`. */
  readonly endpoint: string;
  readonly characters: number;
  /** Completion tokens, at most. */
  readonly maxTokens: number;
}

const NOTHING: Use = {requests: 0, characters: 0, promptTokens: 0, completionTokens: 0, cost: 0};
const sumOf = (one: Use, other: Use, sign: 1 | -1 = 1): Use => ({
  requests: Math.max(0, one.requests + sign * other.requests),
  characters: Math.max(0, one.characters + sign * other.characters),
  promptTokens: Math.max(0, one.promptTokens + sign * other.promptTokens),
  completionTokens: Math.max(0, one.completionTokens + sign * other.completionTokens),
  cost: Math.max(0, one.cost + sign * other.cost),
});
const tokensOf = ({promptTokens, completionTokens}: Use): number => promptTokens + completionTokens;

export const emptyAccount = (): Account => ({processes: {}, endpoints: {}});

/** The account of a run of which only what its processes spent is known. */
export const accountOf = (
  spent: readonly (Omit<Use, 'characters'> & {readonly process: string})[],
): Account => {
  const account = emptyAccount();
  for (const {process, ...use} of spent) {
    const characters = use.promptTokens * CHARACTERS_A_TOKEN;
    account.processes[process] = {...use, characters, open: {...NOTHING}, turn: 0};
  }
  return account;
};

const actorOf = (process: string): string => process.replace(/-\d+$/, '');

const placeIn = (draft: Account, process: string): ProcessUse => {
  const place = draft.processes[process] ?? {...NOTHING, open: {...NOTHING}, turn: 0};
  draft.processes[process] = place;
  return place;
};

/** What was spent, of all actors or of one. Open requests are not in it. */
export const spentIn = ({processes}: Account, actor?: string): Use => {
  let sum = NOTHING;
  for (const [process, each] of Object.entries(processes))
    if (actor === undefined || actorOf(process) === actor) sum = sumOf(sum, each);
  return sum;
};

const openIn = ({processes}: Account, actor?: string): number =>
  Object.entries(processes)
    .filter(([process]) => actor === undefined || actorOf(process) === actor)
    .reduce((sum, [, {open}]) => sum + open.cost, 0);

/** What tokens cost; 0 without a price. */
export const costOf = (
  {promptTokens, completionTokens}: Pick<Use, 'promptTokens' | 'completionTokens'>,
  price: Price | undefined,
): number =>
  price === undefined
    ? 0
    : (promptTokens * price.inputPerMillion + completionTokens * price.outputPerMillion) / 1e6;

/** What one answer took, whenever it was given. */
export const usageOf = ({
  promptTokens,
  completionTokens,
  cost,
}: Pick<Use, 'promptTokens' | 'completionTokens'> & {readonly cost?: number}): Usage => ({
  ...{requests: 1, promptTokens, completionTokens},
  ...(cost === undefined ? {} : {cost}),
});

/** As a message has it. */
type SentUsage = {readonly [K in keyof Usage]?: Usage[K] | null};

/** Of what was asked for one prompt, all of it; without a cost where none of it has one. */
export const usageSum = (all: readonly (SentUsage | null | undefined)[]): Usage => {
  const sum = (of: (usage: SentUsage) => number | null | undefined): number =>
    all.reduce((total, usage) => total + ((usage && of(usage)) ?? 0), 0);
  const isPriced = all.some((usage) => typeof usage?.cost === 'number');
  return {
    requests: sum(({requests}) => requests),
    promptTokens: sum(({promptTokens}) => promptTokens),
    completionTokens: sum(({completionTokens}) => completionTokens),
    ...(isPriced ? {cost: sum(({cost}) => cost)} : {}),
  };
};

/** Such as `1.25 USD`, and of small amounts as many digits as tell them apart from nothing. */
export const moneyText = (amount: number, currency = ''): string =>
  `${amount === 0 || amount >= 0.1 ? amount.toFixed(2) : amount.toPrecision(2)} ${currency}`.trim();

/** Of most languages and tokenizers, a little less; what the endpoint counts takes its place after a few answers. */
const CHARACTERS_A_TOKEN = 4;
/** Of the form around a question. */
const FORM_TOKENS = 8;

/**
 * What a request will take, by what the actor's requests took so far. The first is taken to be answered at the length of its
 * question, as revisions mostly are, and counts like one that was answered.
 */
export const estimateOf = (
  account: Account,
  process: string,
  {characters, maxTokens}: Pick<Question, 'characters' | 'maxTokens'>,
  price: Price | undefined,
): Use => {
  const spent = spentIn(account, actorOf(process));
  const guess = FORM_TOKENS + characters / CHARACTERS_A_TOKEN;
  const promptTokens = Math.ceil(
    (characters * (spent.promptTokens + guess)) / Math.max(1, spent.characters + characters),
  );
  const mean = (spent.completionTokens + guess) / (spent.requests + 1);
  const completionTokens = Math.ceil(Math.min(maxTokens, mean));
  return {
    requests: 1,
    characters,
    promptTokens,
    completionTokens,
    cost: costOf({promptTokens, completionTokens}, price),
  };
};

/** How long before its moment a request is handed out: a process that is killed takes no more of the budget with it. */
const AHEAD_MS = 500;
const MINUTE_MS = 60_000;
/**
 * Of what is allowed, what is handed out: the rest is for what requests take beyond the estimate, and for the last one of a
 * minute, most of which belongs to the next.
 */
const SHARE = 0.98;
const msOf = (amount: number, perMinute: number | undefined): number =>
  perMinute === undefined ? 0 : (amount * MINUTE_MS) / (perMinute * SHARE);

export type Claimed =
  | {readonly kind: 'granted'; readonly estimate: Use; readonly atMs: number}
  /** The rate is used up: asked again in so long. */
  | {readonly kind: 'later'; readonly inMs: number}
  /** A ceiling is in the way; `reached` where that was not said before, `spent` where it does not hang on what is open. */
  | {readonly kind: 'over'; readonly reached: Reached | undefined; readonly spent: Reached | undefined};

export interface Reached {
  /** The fleet's key, such as `spend.ceiling`. */
  readonly key: string;
  readonly ceiling: number;
  readonly spent: number;
}

/** Takes a request into the draft, or says why it has to wait. */
export const claimIn = (
  draft: Account,
  process: string,
  question: Question,
  {
    limits,
    ceilings,
    nowMs,
  }: {readonly limits: EndpointLimits; readonly ceilings: Ceilings; readonly nowMs: number},
): Claimed => {
  const estimate = estimateOf(draft, process, question, limits.price);
  const over = ceilingOver(draft, process, estimate.cost, ceilings);
  if (over !== undefined) {
    const text = `${over.key} ${over.ceiling}`;
    // What is open may turn out to cost less.
    const spent = over.spent + estimate.cost > over.ceiling ? over : undefined;
    const isSaid = draft.reached === text || spent === undefined;
    if (!isSaid) draft.reached = text;
    return {kind: 'over', reached: isSaid ? undefined : over, spent};
  }
  const {requestsFromMs, tokensFromMs} = draft.endpoints[question.endpoint] ?? {
    requestsFromMs: 0,
    tokensFromMs: 0,
  };
  const atMs = Math.max(nowMs, requestsFromMs, tokensFromMs);
  if (atMs > nowMs + AHEAD_MS) return {kind: 'later', inMs: atMs - nowMs - AHEAD_MS};
  draft.endpoints[question.endpoint] = {
    requestsFromMs: atMs + msOf(1, limits.requestsPerMinute),
    tokensFromMs: atMs + msOf(tokensOf(estimate), limits.tokensPerMinute),
  };
  const place = placeIn(draft, process);
  place.open = sumOf(place.open, estimate);
  return {kind: 'granted', estimate, atMs};
};

const ceilingOver = (
  account: Account,
  process: string,
  cost: number,
  ceilings: Ceilings,
): Reached | undefined => {
  if (cost === 0) return undefined;
  const actor = actorOf(process);
  for (const [key, ceiling, whose] of [
    ['spend.ceiling', ceilings.run, undefined],
    [`actors.${actor}.spendCeiling`, ceilings.actor, actor],
  ] as const) {
    const spent = spentIn(account, whose).cost;
    if (ceiling !== undefined && spent + openIn(account, whose) + cost > ceiling)
      return {key, ceiling, spent};
  }
  return undefined;
};

/** A request that ended. */
export interface Settled {
  readonly question: Question;
  readonly estimate: Use;
  /** Undefined where it took nothing. */
  readonly used: Use | undefined;
}

/** Puts what a request took in the place of its estimate. */
export const settleIn = (
  draft: Account,
  process: string,
  {question, estimate, used = NOTHING}: Settled,
  {tokensPerMinute}: EndpointLimits,
): void => {
  const place = placeIn(draft, process);
  place.open = sumOf(place.open, estimate, -1);
  Object.assign(place, sumOf(place, used));
  const endpoint = draft.endpoints[question.endpoint];
  if (endpoint === undefined) return;
  const more = tokensOf(used) - tokensOf(estimate);
  endpoint.tokensFromMs = Math.max(0, endpoint.tokensFromMs + msOf(more, tokensPerMinute));
};

/** What a process of this name left open when it was killed is spent (U1). */
export const takeOver = (draft: Account, process: string): true => {
  const place = placeIn(draft, process);
  Object.assign(place, sumOf(place, place.open));
  place.open = {...NOTHING};
  return true;
};
