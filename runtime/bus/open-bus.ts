/** The bus of a run, from its address. */
import type {Bus, BusOptions} from './bus.js';
import {busOf, ensureStreams} from './channels.js';
import {openLink} from './connection.js';
import {explain} from './failures.js';

/**
 * Connects, and makes the run's streams and control state where they are not there yet.
 *
 * @throws RetryableError where no server answers; TerminalError where it refuses the credentials or has no JetStream
 */
export const openBus = async (options: BusOptions): Promise<Bus> => {
  const link = await openLink(options);
  try {
    await ensureStreams(link, options.run, options.queueCapacity);
  } catch (error) {
    await link.close();
    throw explain(error, link.address, `preparing the run ${options.run}`);
  }
  // Bulk has a connection of its own, opened when it is first needed, so that no message waits behind a chunk.
  return busOf(link, options, () => openLink({...options, name: `${options.name}-bulk`}));
};
