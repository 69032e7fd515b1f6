/** Rooms, the arrows between them, and circles. */
import type { Imports } from './imports.ts';

/** A room is an entry directly below the tree, but the entries of the process and of the package. */
const ENTRIES = ['main.cts', 'index.ts'];

export type Graph = ReadonlyMap<string, ReadonlySet<string>>;

/** Null for the entries. */
function roomOf(file: string): string | null {
  const [room = file] = file.split('/');
  return ENTRIES.includes(room) ? null : room;
}

/** From each room to those that it imports from. */
export function roomsOf(imports: Imports): Graph {
  const rooms = new Map<string, Set<string>>();
  for (const [file, targets] of imports) {
    const room = roomOf(file);
    if (room === null) continue;
    const arrows = rooms.get(room) ?? new Set();
    rooms.set(room, arrows);
    for (const target of targets) {
      const other = roomOf(target);
      if (other !== null && other !== room) arrows.add(other);
    }
  }
  return rooms;
}

export function arrowsOf(graph: Graph): readonly string[] {
  return [...graph].flatMap(([from, targets]) => [...targets].map((to) => `${from} → ${to}`)).sort();
}

/** Those from which a way leads back to themselves. */
export function circlesOf(graph: Graph): readonly string[] {
  return [...graph.keys()].filter((start) => {
    const seen = new Set<string>();
    const next = [...(graph.get(start) ?? [])];
    for (let one = next.pop(); one !== undefined; one = next.pop()) {
      if (one === start) return true;
      if (seen.has(one)) continue;
      seen.add(one);
      next.push(...(graph.get(one) ?? []));
    }
    return false;
  });
}
