/** Random numbers that are the same on every machine: 32-bit integer arithmetic, and sums that IEEE 754 defines. */

/** The next number of a stream, in [0, 1). */
export type Random = () => number;

/**
 * The stream `name` of a seed. Streams of different names are independent: what is drawn from one does not change what
 * comes from another.
 */
export function fork(seed: number, name: string): Random {
  const word = (i: number) => hash(`${i} ${seed} ${name}`);
  // The state must not be all zeros.
  return xoshiro128([word(0), word(1), word(2), word(3) | 1]);
}

/**
 * A number of the exponential distribution. By comparisons alone (J. von Neumann, "Various techniques used in connection
 * with random digits", 1951), because `Math.log` may differ from one machine to the next.
 */
export function exponential(random: Random, mean: number): number {
  for (let whole = 0; ; whole++) {
    const fraction = random();
    // A descending run from `fraction` on has an odd length with probability e^−fraction.
    let length = 1;
    for (let last = fraction, next = random(); next < last; next = random()) {
      last = next;
      length++;
    }
    if (length % 2 === 1) return (whole + fraction) * mean;
  }
}

/** xoshiro128** 1.1 of D. Blackman and S. Vigna, 2018 (https://prng.di.unimi.it): period 2^128 − 1. */
export function xoshiro128(state: readonly [number, number, number, number]): Random {
  let [a, b, c, d] = state;
  return () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return (result >>> 0) / 2 ** 32;
  };
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

/** FNV-1a over UTF-16 units, then the finalizer of MurmurHash3, which spreads each bit over the word. */
function hash(text: string): number {
  let word = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) word = Math.imul(word ^ text.charCodeAt(i), 0x01000193);
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
