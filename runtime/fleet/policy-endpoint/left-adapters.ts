/**
 * Adapters that a run left on a server, and their folders: by a process that was killed before it could unload them, or where the
 * server did not unload one when it was asked.
 *
 * L1 Only adapters of checkpoints that this run published are unloaded, and no others, whatever they are called.
 * L2 A folder stays while its adapter may be loaded: the server may read it again from there.
 * L3 A server that is away now is asked again before the next adapter is loaded, so that no more stay loaded than are kept.
 */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../actor/context.js';
import type {AdapterReply} from '../../endpoints/adapters.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../file/schema.js';
import {logNow} from '../run/log-now.js';
import {removeAdapter, removeDrafts} from './adapter-folders.js';
import {adapterName, type Owner} from './adapter-name.js';
import type {Keeping} from './keeping.js';
import type {Adapter} from './kept-adapters.js';
import type {PolicyServer} from './open-policy.js';

/** Of a run's newest adapters so many may be loaded still where the server's list does not say: it may keep none. */
const UNLISTED = 3;

export interface LeftAdapters {
  /** One that may be loaded still, and that nobody names any more. */
  add(adapter: Adapter, reason: string): void;
  /**
   * Unloads and removes what is left. Of a server that fails, a line says that it is tried again with the next call.
   *
   * @param keep what is in use, or is to be.
   * @throws TerminalError where the server denies it.
   */
  remove(keep?: Checkpoint): Promise<void>;
}

/** @param onReply told of each reply. */
export const leftAdapters = (
  {bus, log, advance}: Pick<ActorContext<Fleet>, 'bus' | 'log' | 'advance'>,
  {adapters, baseUrl}: Pick<PolicyServer, 'adapters' | 'baseUrl'>,
  owner: Owner,
  {folder, explain}: Pick<Keeping, 'folder' | 'explain'>,
  onReply: (reply: AdapterReply) => void = () => undefined,
): LeftAdapters => {
  /** Undefined before it is known what an earlier process may have left. */
  let left: Set<string> | undefined;
  const added: string[] = [];
  /** A name that no adapter has: the answer to it shows whether there can be any. */
  const none = adapterName(owner, {policyVersion: 0, weightsSha256: '0'.repeat(64)});
  let isAnswered = false;

  /** Resolves to false where that is not known. */
  const isUnloaded = async (name: string): Promise<boolean> => {
    const reply = await adapters.unload(name);
    advance();
    onReply(reply);
    if (reply.kind === 'denied') throw new TerminalError(explain(reply.reason, reply.kind));
    if (reply.kind === 'failed') {
      log.warn(
        `endpoint ${baseUrl} does not unload adapters that may be left there, which is tried again with the next checkpoint: ${reply.reason}`,
      );
      return false;
    }
    if (name !== none && reply.kind !== 'already') log.info({name, ...reply}, 'adapter left from before');
    return true;
  };

  return {
    add({name}, reason) {
      log.warn(`${name} may be loaded still: ${reason}`);
      added.push(name);
    },
    async remove(keep) {
      if (left === undefined) {
        left = new Set((await logNow(bus, 'checkpoints')).map((each) => adapterName(owner, each)));
        await removeDrafts(folder, owner);
      }
      for (const name of added.splice(0)) left.add(name);
      if (keep !== undefined) left.delete(adapterName(owner, keep));
      if (isAnswered && left.size === 0) return;
      isAnswered ||= await isUnloaded(none);
      if (!isAnswered) return;
      const listed = await adapters.loaded();
      const names = [...left];
      for (const [place, name] of names.entries()) {
        const mayBeLoaded = listed.includes(name) || place >= names.length - UNLISTED;
        if (mayBeLoaded && !(await isUnloaded(name))) return;
        left.delete(name);
        await removeAdapter(folder, name);
      }
    },
  };
};
