/**
 * Which Node the project runs on: `engines.node` of package.json, checked before anything newer is used. The command `anchorage`
 * has this file too: it stands in dist/, as the set-up scripts do not.
 */

/**
 * Whether a version is in a range of the forms `^20.19`, `>=24` and alternatives joined by `||`.
 *
 * @param {string} version such as 20.19.1 or v20.19.1
 * @param {string} range
 */
export function supports(version, range) {
  const [major, minor] = numbers(version);
  return range.split('||').some((alternative) => {
    const match = /^\s*(\^|>=)\s*(\d+(?:\.\d+)*)\s*$/.exec(alternative);
    if (match === null)
      throw new Error(`package.json: engines.node has "${alternative.trim()}"; write ^A.B or >=A.B`);
    const [wantedMajor, wantedMinor] = numbers(match[2]);
    if (major === wantedMajor) return minor >= wantedMinor;
    return match[1] === '>=' && major > wantedMajor;
  });
}

/**
 * One line for a person where a version is not supported; undefined where it is.
 *
 * @param {string} version
 * @param {string} range
 * @returns {string | undefined}
 */
export function unsupportedNode(version, range) {
  return supports(version, range)
    ? undefined
    : `Node ${version.replace('v', '')} is not supported: Anchorage runs on ${range}; install Node 24 from https://nodejs.org`;
}

/**
 * Ends the process with that line where this Node is not supported.
 *
 * @param {string} version
 * @param {string} range
 */
export function requireSupportedNode(version, range) {
  const complaint = unsupportedNode(version, range);
  if (complaint === undefined) return;
  console.error(complaint);
  process.exit(1);
}

/** @param {string} version */
function numbers(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return [major, minor === undefined ? 0 : minor];
}
