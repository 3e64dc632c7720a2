/** A text as far as there is room for it. */

/**
 * The first `most` characters of a longer text, and how many there are in all.
 *
 * @param most UTF-16 units; a character of two is not cut in half.
 */
export const excerpt = (text: string, most: number): string => {
  if (text.length <= most) return text;
  const isHalf = /[\uD800-\uDBFF]/.test(text.charAt(most - 1));
  return `${text.slice(0, isHalf ? most - 1 : most)} … (${text.length} characters in all)`;
};
