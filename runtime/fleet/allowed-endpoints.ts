/**
 * Which endpoints a machine lets a run's fleet use. A fleet that comes from the bus names an address and a variable of the
 * environment whose value is sent there: whoever may write to the bus would be sent any secret of this machine.
 */
import type {ActorName} from '../bus/subjects.js';
import {TEACHER_KEY_ENV} from '../demo/teacher/process.js';
import {TerminalError} from '../errors.js';
import {askersOf} from './actors.js';
import type {Fleet} from './schema.js';

export interface AllowedEndpoint {
  /** Requests may go to it and to what lies under its path. */
  readonly url: URL;
  /** The variable whose value they may carry. */
  readonly apiKeyEnv: string;
}

const DEFAULT_KEY_ENV = 'OPENAI_API_KEY';
const LOOPBACK = /^(127\.[\d.]+|localhost|\[::1\])$/;

/**
 * Reads `URL` or `URL=VARIABLE`.
 *
 * @throws TerminalError where it is neither
 */
export const readAllowedEndpoint = (text: string): AllowedEndpoint => {
  const [, address = '', apiKeyEnv = DEFAULT_KEY_ENV] = /^(.*?)(?:=([A-Za-z_]\w*))?$/.exec(text) ?? [];
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new TerminalError(
      `--allow-endpoint ${text}: not URL or URL=VARIABLE, such as https://api.openai.com/v1=OPENAI_API_KEY`,
    );
  return {url: new URL(address), apiKeyEnv};
};

/**
 * Refuses a fleet from the bus whose actor would send what this machine did not allow.
 *
 * @throws TerminalError that names the option
 */
export const checkAllowed = (fleet: Fleet, actor: ActorName, allowed: readonly AllowedEndpoint[]): void => {
  const asker = askersOf(fleet).find((each) => each.actor === actor);
  if (asker === undefined || 'demo' in asker.endpoint) return;
  const {baseUrl, apiKeyEnv} = asker.endpoint;
  const url = new URL(baseUrl);
  // The key of this machine's own teacher opens nothing else, and stays on the machine.
  if (apiKeyEnv === TEACHER_KEY_ENV && LOOPBACK.test(url.hostname)) return;
  if (allowed.some((each) => each.apiKeyEnv === apiKeyEnv && isUnder(url, each.url))) return;
  throw new TerminalError(
    `endpoints.${asker.asking.endpoint} of the run would send this machine's ${apiKeyEnv} to ${baseUrl}: ` +
      `where that is meant, add --allow-endpoint ${baseUrl}=${apiKeyEnv}, or give your own --fleet`,
  );
};

const isUnder = (url: URL, above: URL): boolean => {
  const folderOf = ({pathname}: URL) => (pathname.endsWith('/') ? pathname : `${pathname}/`);
  return url.origin === above.origin && folderOf(url).startsWith(folderOf(above));
};
