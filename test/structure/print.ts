/** Prints the rooms of a checkout, the arrows between them and the lines of each: `npm run structure [FOLDER]`. */
import { join } from 'node:path';
import { arrowsOf, circlesOf, roomsOf } from './graph.ts';
import { importsOf } from './imports.ts';
import { linesByRoom } from './lines.ts';

const root = join(process.argv[2] ?? '.', 'src');
const imports = importsOf(root);
const rooms = roomsOf(imports);
const arrows = arrowsOf(rooms);
const lines = linesByRoom(root);
const total = [...lines.values()].reduce((sum, count) => sum + count, 0);
process.stdout.write(`${rooms.size} rooms, ${arrows.length} arrows, ${total} lines\n`);
process.stdout.write(
  `circles of rooms: ${circlesOf(rooms).join(', ') || 'none'}; of files: ${circlesOf(imports).join(', ') || 'none'}\n`,
);
for (const [room, count] of lines) process.stdout.write(`${String(count).padStart(6)} ${room}\n`);
for (const arrow of arrows) process.stdout.write(`${arrow}\n`);
