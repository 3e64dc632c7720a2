/** What a run spends on models, for a person. */
import {type Account, moneyText, spentIn} from '../../endpoints/usage.js';
import type {Fleet} from '../file/schema.js';
import {everyAsker} from '../fleet-actors.js';

/** That of the prices, which are in one; undefined without any. */
export const currencyOf = ({spend, endpoints}: Pick<Fleet, 'spend' | 'endpoints'>): string | undefined =>
  spend?.currency ?? Object.values(endpoints).find(({price}) => price !== undefined)?.price?.currency;

/** What was asked so far, by whom, and what it cost. */
export interface Spending {
  readonly requests: number;
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  /** Null where no endpoint has a price. */
  readonly cost: number | null;
  readonly currency: string | null;
  readonly ceiling: number | null;
  readonly cost_by_actor: Readonly<Record<string, number>>;
}

/** @param fleet as it is now. */
export const spendingOf = (account: Account, fleet: Fleet): Spending => {
  const {requests, promptTokens, completionTokens, cost} = spentIn(account);
  const currency = currencyOf(fleet);
  const actors = [...new Set(everyAsker(fleet).map(({actor}) => actor))];
  return {
    requests,
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    cost: currency === undefined ? null : cost,
    currency: currency ?? null,
    ceiling: fleet.spend?.ceiling ?? null,
    cost_by_actor:
      currency === undefined
        ? {}
        : Object.fromEntries(actors.map((actor) => [actor, spentIn(account, actor).cost])),
  };
};

/** One line; undefined where nothing was asked. */
export const spendingText = (spending: Spending): string | undefined => {
  const {requests, prompt_tokens: given, completion_tokens: answered, cost, currency, ceiling} = spending;
  if (requests === 0) return undefined;
  const asked = `asked ${requests} times, ${given} tokens in, ${answered} out`;
  if (cost === null || currency === null) return asked;
  return `${asked}; spent ${moneyText(cost, currency)}${ceiling === null ? '' : ` of ${ceiling}`}`;
};
