/** Why values of another member did not come. */
import {RetryableError} from '../errors.js';

/** - `timeout`: the values did not come. - `left`: the member, or this one, closed its exchange. - `corrupt`: they were altered. */
export type ExchangeFailure = 'timeout' | 'left' | 'corrupt';

export class ExchangeError extends RetryableError {
  override name = 'ExchangeError';
  readonly kind: ExchangeFailure;
  /** Whose values were waited for, or to whom they were to go. */
  readonly member: number;

  constructor(kind: ExchangeFailure, member: number, tag: string) {
    super(`${tag} of member ${member} ${said[kind]}`);
    this.kind = kind;
    this.member = member;
  }
}
const said: Readonly<Record<ExchangeFailure, string>> = {
  timeout: 'did not come in time',
  left: 'will not come: it left, or this member did',
  corrupt: 'was altered on its way',
};
