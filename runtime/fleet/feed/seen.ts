/** Which texts were met before, by 64 bits of their SHA-256: of a million texts two are mistaken for one with a chance of 3e-8. */
import {hash} from 'node:crypto';

/** Of each place: two numbers of the text's, 0 and 0 where it is free, and the text's number among all. */
const NUMBERS = 3;

export class Seen {
  /** Half of the places stay free. */
  #places = new Uint32Array(NUMBERS * 1024);
  #size = 0;

  /** Whether the text is new. */
  add(text: string): boolean {
    return this.meet(text).isNew;
  }

  /** Whether the text is new, and its number: that of the texts that were met before it, each once. */
  meet(text: string): {readonly isNew: boolean; readonly number: number} {
    const digest = hash('sha256', text, 'hex');
    const [high, low] = [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)];
    // No text has the mark of a free place.
    const number = put(this.#places, high || 1, low, this.#size);
    const isNew = number === this.#size;
    if (isNew) this.#size += 1;
    if (2 * NUMBERS * this.#size >= this.#places.length) this.#grow();
    return {isNew, number};
  }

  #grow(): void {
    const more = new Uint32Array(2 * this.#places.length);
    for (let at = 0; at < this.#places.length; at += NUMBERS) {
      const [high = 0, low = 0, number = 0] = this.#places.subarray(at, at + NUMBERS);
      if (high !== 0) put(more, high, low, number);
    }
    this.#places = more;
  }
}

/** Takes the first place from its own on that is free, where it has none; returns the number that stands in its place. */
function put(places: Uint32Array, high: number, low: number, number: number): number {
  const mask = places.length / NUMBERS - 1;
  for (let place = low & mask; ; place = (place + 1) & mask) {
    const at = NUMBERS * place;
    if (places[at] === 0) {
      places.set([high, low, number], at);
      return number;
    }
    if (places[at] === high && places[at + 1] === low) return places[at + 2] ?? number;
  }
}
