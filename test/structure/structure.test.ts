import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { arrowsOf, circlesOf, roomsOf } from './graph.ts';
import { importsOf } from './imports.ts';

const imports = importsOf(fileURLToPath(new URL('../../src', import.meta.url)));
const rooms = roomsOf(imports);

/** What may import what is said room by room in .biome.json; this is the sum of it. */
describe('the rooms of src', () => {
  it('are at most 15', () => {
    expect([...rooms.keys()].length).toBeLessThanOrEqual(15);
  });

  it('have at most 40 arrows between them', () => {
    expect(arrowsOf(rooms).length).toBeLessThanOrEqual(40);
  });

  it('have no circle of rooms or of files', () => {
    expect(circlesOf(rooms)).toEqual([]);
    expect(circlesOf(imports)).toEqual([]);
  });
});
