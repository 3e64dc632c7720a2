/** Words by their beginnings: which of them stand at a place of a text. */

interface Node {
  readonly next: Map<number, Node>;
  isWord: boolean;
}

export interface PrefixTree {
  /** Where the words end that begin at `start`, the shortest first. */
  endsAt(text: string, start: number): number[];
}

export function prefixTreeOf(words: Iterable<string>): PrefixTree {
  const root: Node = {next: new Map(), isWord: false};
  for (const word of words) {
    let node = root;
    for (let index = 0; index < word.length; index += 1) {
      const unit = word.charCodeAt(index);
      const next = node.next.get(unit) ?? {next: new Map(), isWord: false};
      node.next.set(unit, next);
      node = next;
    }
    node.isWord = true;
  }
  return {
    endsAt(text, start) {
      const ends: number[] = [];
      let node: Node | undefined = root;
      for (let index = start; index < text.length; index += 1) {
        node = node.next.get(text.charCodeAt(index));
        if (node === undefined) break;
        if (node.isWord) ends.push(index + 1);
      }
      return ends;
    },
  };
}
