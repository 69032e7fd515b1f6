import { expect, it } from 'vitest';
import { isRefusal } from '../../src/batches/redis/connection.ts';

it.each([
  "OOM command not allowed when used memory > 'maxmemory'.",
  "READONLY You can't write against a read only replica.",
  "OOM command not allowed when used memory > 'maxmemory'. script: 9a5d, on @user_script:4.",
  // Redis 6.2
  "ERR Error running script (call to f_9a5d): @user_script:4: @user_script: 4: -OOM command not allowed when used memory > 'maxmemory'.",
  "ERR Error running script (call to f_9a5d): @user_script:1: @user_script: 1: -READONLY You can't write against a read only replica.",
])('Redis takes nothing now, and may again: %s', (message) => {
  expect(isRefusal(new Error(message))).toBe(true);
});

it.each([
  'WRONGTYPE Operation against a key holding the wrong kind of value',
  "ERR unknown command 'OOM'",
  'BUSYGROUP Consumer Group name already exists',
  'ERR Error running script (call to f_9a5d): @user_script:4: @user_script: 4: -WRONGTYPE Operation against a key',
])('the fault is ours: %s', (message) => {
  expect(isRefusal(new Error(message))).toBe(false);
});
