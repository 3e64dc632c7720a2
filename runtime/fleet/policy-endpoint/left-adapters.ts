/** Adapters that a process of a run left on a server, and their folders: it was killed before it could unload them. */
import type {Checkpoint} from '../../../proto/messages.js';
import type {ActorContext} from '../../actor/context.js';
import type {AdapterReply} from '../../endpoints/adapters.js';
import {TerminalError} from '../../errors.js';
import type {Fleet} from '../file/schema.js';
import {logNow} from '../run/log-now.js';
import {removeAdapter, removeDrafts} from './adapter-folders.js';
import {adapterName, type Owner} from './adapter-name.js';
import type {Keeping} from './keeping.js';
import type {PolicyServer} from './open-policy.js';

/** Of a run's newest adapters so many may be loaded still where the server's list does not say: it may keep none. */
const UNLISTED = 3;

/**
 * Unloads and removes what such a process left: adapters of the checkpoints that this run published, and no others, whatever they
 * are called. A name that no adapter has is asked about first: the answer shows whether there can be any.
 *
 * @param onReply told of each reply.
 * @throws TerminalError where the server denies it.
 */
export const removeLeft = async (
  {bus, log}: Pick<ActorContext<Fleet>, 'bus' | 'log'>,
  {adapters}: Pick<PolicyServer, 'adapters'>,
  {
    owner,
    keeping: {folder, explain},
    keep,
    onReply,
  }: {
    readonly owner: Owner;
    readonly keeping: Pick<Keeping, 'folder' | 'explain'>;
    readonly keep?: Checkpoint | undefined;
    readonly onReply: (reply: AdapterReply) => void;
  },
): Promise<void> => {
  const own = new Set((await logNow(bus, 'checkpoints')).map((each) => adapterName(owner, each)));
  if (keep !== undefined) own.delete(adapterName(owner, keep));
  const listed = await adapters.loaded();
  const left = [...own].filter((name, place) => listed.includes(name) || place >= own.size - UNLISTED);
  const none = adapterName(owner, {policyVersion: 0, weightsSha256: '0'.repeat(64)});
  for (const name of [none, ...left]) {
    const reply = await adapters.unload(name);
    onReply(reply);
    if (reply.kind === 'denied') throw new TerminalError(explain(reply.reason, reply.kind));
    if (name !== none && reply.kind !== 'already') log.info({name, ...reply}, 'adapter left from before');
  }
  for (const name of own) await removeAdapter(folder, name);
  await removeDrafts(folder, owner);
};
