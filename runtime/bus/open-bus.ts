/** The bus of a run, from its address. */
import type {Bus, BusOptions} from './bus.js';
import {busOf, ensureStreams} from './channels/channels.js';
import {openLink} from './connection/connection.js';
import {withRetries} from './connection/retries.js';

/**
 * Connects, and makes the run's streams and key-value bucket where they are not there yet.
 *
 * @throws RetryableError where no server answers; TerminalError where it refuses the credentials or has no JetStream
 */
export const openBus = async (options: BusOptions): Promise<Bus> => {
  const link = await openLink(options);
  try {
    // Of a cluster that is about to find its leaders, some of the streams are made at once and others later.
    await withRetries(link, () => ensureStreams(link, options.run, options.queueCapacity), {
      doing: `preparing the run ${options.run}`,
    });
  } catch (error) {
    await link.close();
    throw error;
  }
  // Bulk has a connection of its own, opened when it is first needed, so that no message waits behind a chunk.
  return busOf(link, options, () => openLink({...options, name: `${options.name}-bulk`}));
};
