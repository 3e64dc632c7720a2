/** Whether a revision speaks of being one (Appendix A.1: it must not). Pure. */

const WORK = '(?:answer|solution|response|version|text|explanation)';
const MADE = '(?:revised|corrected|improved|rewritten|updated|edited|refined)';
const BEFORE = "(?:original|previous|initial|earlier|student's|student’s)";
/** What only somebody says who speaks of the answer before. */
const ALLUSIONS = [
  new RegExp(`\\b${MADE} ${WORK}\\b`, 'i'),
  new RegExp(`\\b${BEFORE} ${WORK}\\b`, 'i'),
  new RegExp(
    `\\bI(?: have|'ve|’ve)? (?:also )?(?:${MADE}|made (?:some |a few |the following )?(?:changes|corrections|improvements|edits))\\b`,
    'i',
  ),
  /\b(?:this|the following) (?:revision|correction)\b/i,
  /\bthe student (?:answered|wrote|said|has|made|was)\b/i,
];

/** The words by which it does; undefined where it does not. What prompt or original say too is the topic. */
export const allusionIn = (revision: string, ...given: readonly string[]): string | undefined => {
  for (const allusion of ALLUSIONS) {
    const [found] = allusion.exec(revision) ?? [];
    if (found !== undefined && !given.some((text) => allusion.test(text))) return found;
  }
  return undefined;
};
