/**
 * A set of 32-bit hashes of message ids, 4 to 8 bytes each. It saves a first pass one query a message: an id whose hash
 * is missing is new; others must be looked up.
 */
export class KnownIds {
  #slots = new Uint32Array(1 << 12);
  #size = 0;
  #hasZero = false;

  has(hash: number): boolean {
    return hash === 0 ? this.#hasZero : this.#slots[this.#find(hash)] !== 0;
  }

  add(hash: number): void {
    if (hash === 0) this.#hasZero = true;
    else {
      const index = this.#find(hash);
      if (this.#slots[index] !== 0) return;
      this.#slots[index] = hash;
      if (++this.#size > this.#slots.length / 2) this.#grow();
    }
  }

  /** The index of the hash, or where it would go: linear probing. */
  #find(hash: number): number {
    const mask = this.#slots.length - 1;
    let index = hash & mask;
    while (this.#slots[index] !== 0 && this.#slots[index] !== hash) index = (index + 1) & mask;
    return index;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    for (const hash of old) if (hash !== 0) this.#slots[this.#find(hash)] = hash;
  }
}
