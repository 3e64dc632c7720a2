/** Which addresses are this machine itself. */

/** Whether an address is a loopback one: what is sent there leaves the machine by no wire, and through no proxy. */
export const isLocal = (baseUrl: string): boolean => {
  const {hostname} = new URL(baseUrl);
  return /^(localhost|.*\.localhost|127(\.\d+){3}|\[::1\]|\[::ffff:7f[0-9a-f]{2}:[0-9a-f]+\]|0\.0\.0\.0|\[::\])\.?$/.test(
    hostname,
  );
};

/** A container's name of its host, and addresses of one link alone. */
const OF_ONE_PLACE = /^((host|gateway)\.(docker|containers)\.internal|169\.254(\.\d+){2}|\[fe80:.*\])\.?$/;

/** Whether an address is the same server on every machine that knows it. */
export const isSameEverywhere = (baseUrl: string): boolean =>
  !isLocal(baseUrl) && !OF_ONE_PLACE.test(new URL(baseUrl).hostname);
