/** Files into a repository of a Hub, as one commit: all of them are there, or none is. */
import {
  type CommitOperation,
  commitIter,
  createBranch,
  createRepo,
  datasetInfo,
  modelInfo,
} from '@huggingface/hub';
import {messageOf, TerminalError} from '../errors.js';
import type {Hub} from './hub.js';
import {isCommit, type RepositoryKind} from './hub-name.js';
import {type Asked, HubRefused, hubComplaint, hubFetch} from './requests.js';

export interface PushedFile {
  /** In the repository. */
  readonly path: string;
  /** Of a file of this machine, by its `file:` address; or what is to be in it. */
  readonly content: URL | Blob;
}

export interface Push {
  readonly hub: Hub;
  readonly kind: RepositoryKind;
  /** `ORG/NAME`; made where it is not there. */
  readonly repository: string;
  /** A branch; made from `main` where it is not there. */
  readonly branch: string;
  readonly isPrivate: boolean;
  readonly title: string;
  /** What is pushed; told the README.md that is there. A TerminalError pushes nothing. */
  files(card: string | undefined): Promise<readonly PushedFile[]>;
  tell(line: string): void;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Pushes, and resolves to the address of the repository. What a broken push has uploaded is not uploaded again.
 *
 * @throws TerminalError in one line that begins with the name.
 */
export const pushFiles = async (push: Push): Promise<string> => {
  const {hub, kind, repository, branch, title, tell, signal} = push;
  if (hub.isOffline)
    throw new TerminalError(`${repository}: nothing is pushed while HF_HUB_OFFLINE is set; unset it`);
  if (hub.token === undefined)
    throw new TerminalError(
      `${repository}: the Hub takes nothing without a token; set HF_TOKEN to one that may write`,
    );
  const asked = {repo: {type: kind, name: repository}, hubUrl: hub.endpoint, fetch: hubFetch(hub)} as const;
  try {
    const parent = await openRepository(push);
    const files = await push.files(await cardOf(push, parent));
    const operations = files.map(
      ({path, content}): CommitOperation => ({operation: 'addOrUpdate', path, content}),
    );
    const committing = commitIter({
      ...asked,
      title,
      operations,
      branch,
      parentCommit: parent,
      // Its server takes a token of its own, which `hubFetch` does not send.
      useXet: false,
      ...(signal === undefined ? {} : {abortSignal: signal}),
    });
    const told = new Set<string>();
    for (;;) {
      const {done, value} = await committing.next();
      if (done) break;
      if (value.event !== 'fileProgress' || value.state !== 'uploading' || value.progress < 1) continue;
      if (!told.has(value.path)) tell(`uploaded   ${value.path}`);
      told.add(value.path);
    }
    return `${hub.endpoint}/${kind === 'dataset' ? 'datasets/' : ''}${repository}${branch === 'main' ? '' : `/tree/${branch}`}`;
  } catch (error) {
    if (signal?.aborted) throw error;
    throw complaint(push, error);
  }
};

/** Makes what is not there; resolves to the newest commit of the branch. */
const openRepository = async (push: Push): Promise<string> => {
  const {hub, kind, repository, branch, isPrivate, tell} = push;
  const repo = {type: kind, name: repository} as const;
  // The request's own token is the one that counts.
  const asked = {repo, hubUrl: hub.endpoint, fetch: hubFetch(hub), accessToken: ''};
  const refusal = await refusalOf(
    createRepo({...asked, ...(isPrivate ? {visibility: 'private'} : {})}),
    [409, 403],
  );
  if (refusal === undefined) tell(`made       ${repository}${isPrivate ? ', private' : ''}`);
  const {isPrivateThere} = await stateOf(push, 'main').catch((error) => {
    // Who may write to one repository alone is refused to make any, whether it is there or not.
    throw refusal?.status === 403 ? refusal : error;
  });
  if (isPrivate && !isPrivateThere)
    throw new TerminalError(
      `${repository}: is there already and everybody sees it; make it private on the Hub, or leave --private out`,
    );
  if (branch !== 'main') await refusalOf(createBranch({...asked, branch}), [409]);
  return (await stateOf(push, branch)).commit;
};

/** Undefined where something was made; the refusal where it may be there already. */
const refusalOf = async (
  making: Promise<unknown>,
  expected: readonly number[],
): Promise<HubRefused | undefined> => {
  try {
    await making;
    return undefined;
  } catch (error) {
    if (error instanceof HubRefused && expected.includes(error.status)) return error;
    throw error;
  }
};

const stateOf = async (
  {hub, kind, repository}: Push,
  revision: string,
): Promise<{readonly commit: string; readonly isPrivateThere: boolean}> => {
  const asked = {name: repository, revision, hubUrl: hub.endpoint, fetch: hubFetch(hub)};
  const {sha: commit, private: isPrivateThere} =
    kind === 'model'
      ? await modelInfo({...asked, additionalFields: ['sha']})
      : await datasetInfo({...asked, additionalFields: ['sha']});
  if (typeof commit === 'string' && isCommit(commit)) return {commit, isPrivateThere};
  throw new Error('no commit in what it says of the repository');
};

const cardOf = async ({hub, kind, repository}: Push, commit: string): Promise<string | undefined> => {
  const place = `${kind === 'dataset' ? 'datasets/' : ''}${repository}/resolve/${commit}/README.md`;
  try {
    return await (await hubFetch(hub)(`${hub.endpoint}/${place}`)).text();
  } catch (error) {
    if (error instanceof HubRefused && error.status === 404) return undefined;
    throw error;
  }
};

const complaint = ({hub, kind, repository: name}: Push, error: unknown): unknown => {
  if (error instanceof TerminalError) return error;
  if (error instanceof HubRefused && error.status === 412)
    return new TerminalError(`${name}: somebody committed to it meanwhile; run the same command again`, {
      cause: error,
    });
  const asked: Asked = {kind, name, to: 'write'};
  const said = hubComplaint(hub, asked, error);
  if (said instanceof TerminalError) return said;
  return new TerminalError(
    `${name}: the push broke off (${messageOf(error)}); run the same command again, what is uploaded is not uploaded again`,
    {cause: error},
  );
};
