/** Which texts were met before, by 64 bits of their SHA-256: of a million texts two are mistaken for one with a chance of 3e-8. */
import {hash} from 'node:crypto';

export class Seen {
  /** Of each place two numbers, 0 and 0 where it is free; half of them stay so. */
  #places = new Uint32Array(2 * 1024);
  #size = 0;

  /** Whether the text is new. */
  add(text: string): boolean {
    const digest = hash('sha256', text, 'hex');
    const [high, low] = [Number.parseInt(digest.slice(0, 8), 16), Number.parseInt(digest.slice(8, 16), 16)];
    // No text has the mark of a free place.
    const isNew = put(this.#places, high || 1, low);
    if (isNew) this.#size += 1;
    if (4 * this.#size >= this.#places.length) this.#grow();
    return isNew;
  }

  #grow(): void {
    const more = new Uint32Array(2 * this.#places.length);
    for (let at = 0; at < this.#places.length; at += 2) {
      const high = this.#places[at] ?? 0;
      if (high !== 0) put(more, high, this.#places[at + 1] ?? 0);
    }
    this.#places = more;
  }
}

/** Takes the first place from its own on that is free; false where it has one. */
function put(places: Uint32Array, high: number, low: number): boolean {
  const mask = places.length / 2 - 1;
  for (let place = low & mask; ; place = (place + 1) & mask) {
    if (places[2 * place] === 0) {
      places[2 * place] = high;
      places[2 * place + 1] = low;
      return true;
    }
    if (places[2 * place] === high && places[2 * place + 1] === low) return false;
  }
}
