/**
 * Which endpoints a machine lets a run's fleet use. A fleet that comes from the bus names an address and a variable of the
 * environment, or a file, whose content is sent there: whoever may write to the bus would be sent any secret of this machine.
 */
import type {ActorName} from '../../actors.js';
import {TEACHER_KEY_ENV} from '../../demo/teacher/process.js';
import {isLocal} from '../../endpoints/local.js';
import {keyVariableOf} from '../../endpoints/place.js';
import {TerminalError} from '../../errors.js';
import {everyAsker} from '../fleet-actors.js';
import {evaluationPath, evaluationsOf} from './evaluations.js';
import type {Endpoint, Fleet} from './schema.js';

export interface AllowedEndpoint {
  /** Requests may go to it and to what lies under its path. */
  readonly url: URL;
  /** The variable or the file whose content they may carry; none, unless it is named or the address is OpenAI's own. */
  readonly key: string | undefined;
}

/**
 * Reads `URL`, `URL=VARIABLE` or `URL=/FILE`.
 *
 * @throws TerminalError where it is neither
 */
export const readAllowedEndpoint = (text: string): AllowedEndpoint => {
  const [, address = '', key] = /^(.*?)(?:=([A-Za-z_]\w*|\/.+))?$/.exec(text) ?? [];
  if (!URL.canParse(address) || !/^https?:$/.test(new URL(address).protocol))
    throw new TerminalError(
      `--allow-endpoint ${text}: not URL or URL=VARIABLE (or URL=/FILE), such as https://api.openai.com/v1=OPENAI_API_KEY`,
    );
  return {url: new URL(address), key: key ?? keyVariableOf({baseUrl: address})};
};

/**
 * Refuses a fleet from the bus whose actor would send what this machine did not allow, or run a program that it names.
 *
 * @throws TerminalError that names the option
 */
export const checkAllowed = (fleet: Fleet, actor: ActorName, allowed: readonly AllowedEndpoint[]): void => {
  if (actor === 'filter' && fleet.filter.module !== undefined)
    throw new TerminalError(
      `filter.module of the run would run ${fleet.filter.module} here: where that is meant, give your own --fleet`,
    );
  const folder =
    actor === 'sampler' || actor === 'evaluator' ? fleet.actors[actor].adapters.folder : undefined;
  if (folder !== undefined)
    throw new TerminalError(
      `actors.${actor}.adapters.folder of the run would write to ${folder} here: where that is meant, give your own --fleet`,
    );
  for (const [place, each] of evaluationsOf(fleet).entries())
    if (actor === 'evaluator' && each.suite === 'module')
      throw new TerminalError(
        `${evaluationPath(fleet, place).join('.')}.file of the run would run ${each.file} here: where that is meant, give your own --fleet`,
      );
  for (const {asking, endpoint} of everyAsker(fleet).filter((each) => each.actor === actor))
    if (!('demo' in endpoint)) checkOne(asking.endpoint, endpoint, allowed);
};

const checkOne = (
  name: string,
  endpoint: Exclude<Endpoint, {demo: true}>,
  allowed: readonly AllowedEndpoint[],
): void => {
  const {baseUrl, apiKeyFile} = endpoint;
  const key = apiKeyFile ?? keyVariableOf(endpoint);
  const url = new URL(baseUrl);
  // The key of this machine's own teacher opens nothing else, and stays on the machine.
  if (key === TEACHER_KEY_ENV && isLocal(baseUrl)) return;
  const mayCarry = (each: AllowedEndpoint) => key === undefined || each.key === key;
  if (allowed.some((each) => mayCarry(each) && isUnder(url, each.url))) return;
  const [what, option] =
    key === undefined ? ['would ask', baseUrl] : [`would send this machine's ${key} to`, `${baseUrl}=${key}`];
  throw new TerminalError(
    `endpoints.${name} of the run ${what} ${baseUrl}: ` +
      `where that is meant, add --allow-endpoint ${option}, or give your own --fleet`,
  );
};

const isUnder = (url: URL, above: URL): boolean => {
  const folderOf = ({pathname}: URL) => (pathname.endsWith('/') ? pathname : `${pathname}/`);
  return url.origin === above.origin && folderOf(url).startsWith(folderOf(above));
};
