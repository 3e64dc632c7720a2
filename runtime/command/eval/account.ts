/** What an evaluation asked of endpoints, and what that cost: one process's account, kept beside what it asked. */
import {appendFileSync, readFileSync} from 'node:fs';
import {setTimeout as sleep} from 'node:timers/promises';
import * as z from 'zod';
import type {Budget} from '../../endpoints/endpoint.js';
import {
  accountOf,
  claimIn,
  type EndpointLimits,
  moneyText,
  type Question,
  settleIn,
  spentIn,
  type Use,
} from '../../endpoints/usage.js';
import {isMissing, TerminalError} from '../../errors.js';

export interface EvaluationAccount {
  /** Leave to send requests to an endpoint. Rejects with a TerminalError once the ceiling is reached. */
  budgetOf(endpoint: string, limits: EndpointLimits): Budget;
  /** All that was spent, also before a restart. */
  spent(): Use;
}

const CEILING_PAUSE_MS = 200;

/** Whose requests these are; what is open at a kill counts as spent. */
const PROCESS = 'eval-0';

const use = z.object({
  requests: z.number(),
  characters: z.number(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  cost: z.number(),
});
const line = z.object({request: z.int(), claimed: use.optional(), used: use.nullable().optional()});

/**
 * Opens the account in a file of lines: one as a request is sent, by estimate, and one as it ends.
 *
 * @param ceiling of all of it, in the currency of the prices; and where it was set, such as `--spend-ceiling`.
 */
export const openAccount = (
  path: string,
  {ceiling, setBy}: {readonly ceiling: number | undefined; readonly setBy: string},
): EvaluationAccount => {
  const {before, requests} = readAccount(path);
  const account = accountOf([{process: PROCESS, ...before}]);
  let next = requests;
  const write = (what: object): void => appendFileSync(path, `${JSON.stringify(what)}\n`);
  const claim = async (question: Question, limits: EndpointLimits, signal: AbortSignal) => {
    for (;;) {
      signal.throwIfAborted();
      const claimed = claimIn(account, PROCESS, question, {
        limits,
        ceilings: {run: ceiling, actor: undefined},
        nowMs: Date.now(),
      });
      if (claimed.kind === 'over' && (account.processes[PROCESS]?.open.cost ?? 0) > 0) {
        // What is under way may turn out to cost less.
        await sleep(CEILING_PAUSE_MS, undefined, {signal}).catch(() => undefined);
        continue;
      }
      if (claimed.kind === 'over')
        throw new TerminalError(
          `${setBy} ${ceiling}: is reached, with ${moneyText(spentIn(account).cost)} spent; raise it, and the same command goes on`,
        );
      const waitMs = claimed.kind === 'later' ? claimed.inMs : claimed.atMs - Date.now();
      if (waitMs > 0) await sleep(waitMs, undefined, {signal}).catch(() => undefined);
      if (claimed.kind === 'granted') return claimed.estimate;
    }
  };
  return {
    spent: () => spentIn(account),
    budgetOf: (endpoint, limits) => ({
      async claim(asked, signal) {
        const question = {...asked, endpoint};
        const estimate = await claim(question, limits, signal);
        const request = next++;
        write({request, claimed: estimate});
        return {
          estimate,
          settle: (used) => {
            settleIn(account, PROCESS, {question, estimate, used}, limits);
            write({request, used: used ?? null});
          },
        };
      },
    }),
  };
};

const NOTHING: Use = {requests: 0, characters: 0, promptTokens: 0, completionTokens: 0, cost: 0};

const readAccount = (path: string): {readonly before: Use; readonly requests: number} => {
  const uses = new Map<number, Use>();
  for (const text of linesIn(path)) {
    const found = parsed(text);
    // Half a line is of a request that another line is of, or that was never sent.
    if (found === undefined) continue;
    const {request, claimed, used} = found;
    uses.set(request, used === null ? NOTHING : (used ?? claimed ?? NOTHING));
  }
  let before = NOTHING;
  for (const each of uses.values())
    before = {
      requests: before.requests + each.requests,
      characters: before.characters + each.characters,
      promptTokens: before.promptTokens + each.promptTokens,
      completionTokens: before.completionTokens + each.completionTokens,
      cost: before.cost + each.cost,
    };
  return {before, requests: Math.max(-1, ...uses.keys()) + 1};
};

const linesIn = (path: string): string[] => {
  try {
    const text = readFileSync(path, 'utf8');
    // The next line must not run into what a kill left of one.
    if (text !== '' && !text.endsWith('\n')) appendFileSync(path, '\n');
    return text.split('\n').filter((each) => each !== '');
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};

const parsed = (text: string): z.infer<typeof line> | undefined => {
  try {
    return line.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
};
