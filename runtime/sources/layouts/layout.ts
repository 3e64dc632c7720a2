/** What a row of a data file holds, once its layout is known. */
import type {ChatContext} from '../../model/text/chat-template.js';
import type {Text} from '../../model/text/conversations.js';
import type {Columns} from '../rows.js';

/** An answer that somebody recorded. */
export interface Answer {
  readonly text: string;
  /** Who gave it, where that is known. */
  readonly model?: string | undefined;
  /** Higher is better, among the answers of one row; undefined where nobody judged it, or nothing can be told from it. */
  readonly score?: number | undefined;
}

/** What of these a row has; a layout gives what it can. */
export interface Example {
  readonly prompt?: Text | undefined;
  readonly chosen?: Text | undefined;
  readonly rejected?: Text | undefined;
  readonly answers?: readonly Answer[] | undefined;
  /** Whether the scores compare the answers of this row alone, and say nothing beside another row's. */
  readonly areScoresOfRow?: boolean | undefined;
  /** Turns of the user that come after the answer to the prompt, and that nobody can be asked before there is one. */
  readonly laterTurns?: number | undefined;
  /** `tools` and `chat_template_kwargs`, as TRL reads them. */
  readonly context?: ChatContext | undefined;
}

/** How data sets of one kind name and nest their columns. */
export interface Layout {
  /** Whether a row with these columns is of it. */
  readonly fits: (columns: Columns) => boolean;
  /**
   * What the row holds.
   *
   * @param where `FILE:LINE`, for a TerminalError about a field that is not what the layout says.
   */
  readonly read: (columns: Columns, where: string) => Example;
}
