/** Whether the policy takes prompts of several turns, and those with a system message: told before anything starts. */
import {TerminalError} from '../../errors.js';
import type {RunPrompts} from '../../fleet/feed/prompts.js';
import type {Fleet} from '../../fleet/file/schema.js';
import {conversationOf} from '../../model/text/conversations.js';
import {encodePrompt} from '../../model/text/encode.js';
import {requireKeptTurns} from '../../model/text/kept-turns.js';
import {loadTokenizer} from '../../model/text/tokenizer.js';
import {complain} from '../../output.js';

/** The first of a run's prompts, whose order is drawn by chance. */
const MOST_TRIED = 200;

/**
 * Renders some of the prompts that are more than one user turn.
 *
 * @param tell a line about those that are refused, or cut, where others are not.
 * @throws TerminalError naming the first of them where the policy's format, or its chat template, takes none.
 */
export const requireConversations = async (
  prompts: RunPrompts,
  {policy}: Pick<Fleet, 'policy'>,
  tell: (line: string) => void = complain,
): Promise<void> => {
  const tried: number[] = [];
  for (let index = 0; index < prompts.length && tried.length < MOST_TRIED; index++)
    if (prompts.hasHistory(index)) tried.push(index);
  const [first] = tried;
  if (first === undefined) return;
  if (policy.format === 'plain')
    throw new TerminalError(
      `${prompts.whereOf(first)}: prompt: a system message or several turns, and policy.format plain joins texts; set it to chat, or make each prompt a text`,
    );
  const tokenizer = await loadTokenizer(policy.model);
  const refused: string[] = [];
  let long = 0;
  for (const index of tried) {
    const asked = {prompt: (await prompts.at(index)) ?? '', history: await prompts.historyAt?.(index)};
    try {
      const conversation = conversationOf(asked);
      requireKeptTurns(tokenizer, conversation, policy);
      const whole = encodePrompt(tokenizer, conversation, {
        ...policy,
        maxPromptTokens: Number.MAX_SAFE_INTEGER,
      });
      if (whole.length > policy.maxPromptTokens) long += 1;
    } catch (error) {
      if (!(error instanceof TerminalError)) throw error;
      const remedy = asked.history?.[0]?.role === 'system' ? ', or leave the system message out' : '';
      refused.push(`${prompts.whereOf(index)}: prompt: ${error.message}${remedy}`);
    }
  }
  if (long > 0)
    tell(
      `of ${tried.length} prompts of several turns that were tried, ${long} have more than the ${policy.maxPromptTokens} tokens of policy.maxPromptTokens, all turns together: they lose the first, such as a system message; raise it`,
    );
  const [why] = refused;
  if (why === undefined) return;
  if (refused.length === tried.length) throw new TerminalError(why);
  tell(
    `of ${tried.length} prompts of several turns that were tried, the chat template refuses ${refused.length}; such are rejected as unreadable. The first: ${why}`,
  );
};
