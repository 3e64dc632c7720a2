/** Reads what `ava --tap` prints: what to show of it, and how many passed and failed. */

/**
 * A reader of TAP lines. `take` returns the lines to show for one line of input: each test in short, failures with
 * their details. `counts` is what has been seen so far, `failures` the names of those that failed. `isWhole` says whether the
 * summary has come, before which nothing ends but by a fault.
 *
 * Counted from the results themselves, not from the summary: a run that is cut off has no summary.
 *
 * @param {(file: string) => boolean} isEnded whether a test process was killed after its results: that is no result
 */
export function createTapReader(isEnded = () => false) {
  const counts = {passed: 0, failed: 0, skipped: 0, ended: 0};
  /** @type {string[]} */
  const failures = [];
  let failing = false;
  let whole = false;

  /** @param {string} line */
  const take = (line) => {
    const result = /^(not )?ok \d+ - (.*)$/.exec(line);
    if (result === null) {
      if (/^(TAP version|\d+\.\.\d+|# )/.test(line)) failing = false;
      if (/^1\.\.\d+$/.test(line)) whole = true;
      return failing ? [line] : [];
    }
    const killed = /^(.*) exited due to SIGKILL$/.exec(result[2]);
    if (killed !== null && isEnded(killed[1])) {
      failing = false;
      counts.ended += 1;
      return [];
    }
    const unfinished = /\s# (SKIP|TODO)\b/.test(result[2]);
    failing = result[1] !== undefined && !unfinished;
    if (failing) failures.push(result[2]);
    counts[unfinished ? 'skipped' : failing ? 'failed' : 'passed'] += 1;
    return [`  ${unfinished ? '-' : failing ? '✘' : '✔'} ${result[2]}`];
  };
  return {take, counts, failures, isWhole: () => whole};
}

/**
 * Cuts chunks of text into lines.
 *
 * @param {(line: string) => void} onLine
 */
export function lineSplitter(onLine) {
  let rest = '';
  return {
    push: (chunk) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      lines.forEach(onLine);
    },
    end: () => {
      if (rest !== '') onLine(rest);
    },
  };
}
