/**
 * What changes batches in Redis, each step a Lua script and thus atomic across gateways. A step that is run twice (its answer
 * was lost with the connection) changes nothing the second time, except `batchAdd`: an upload that loses an answer ends anyway.
 * A step answers with nil if there is nothing to do: the batch is gone, the item has ended.
 */
import type { Redis } from 'ioredis';
import type { RedisKeys } from './keys.ts';

/** What each step begins with; its own arguments are ARGV[3] and those behind it. */
const PRELUDE = `
local batch, status, items, outcomes, events, index, clients, accepting = unpack(KEYS)
local channel, id = ARGV[1], ARGV[2]

local function tell()
  redis.call('PUBLISH', channel, id)
end

-- Numbers the batch's next event, appends it and tells every gateway. item: the index of the one that ended, or ''.
local function event(item)
  local seq = redis.call('HINCRBY', batch, 'seq', 1)
  local now = redis.call('HMGET', batch, 'total', 'done', 'failed', 'sealed', 'stopped')
  redis.call('XADD', events, seq .. '-0', 'item', item,
    'total', now[1], 'done', now[2], 'failed', now[3], 'sealed', now[4], 'stopped', now[5])
  tell()
end

local function hasEnded(item)
  local letter = redis.call('GETRANGE', status, item, item)
  return letter ~= 'q' and letter ~= 'r'
end
`;

const STEPS = {
  /**
   * The client id or '', entry, gateway, then fields and values. Answers the id, or that of the batch which has the client
   * id.
   */
  batchCreate: `
local client, entry, gateway = ARGV[3], ARGV[4], ARGV[5]
if client ~= '' then
  local existing = redis.call('HGET', clients, client)
  if existing and redis.call('EXISTS', string.sub(batch, 1, -1 - #id) .. existing) == 1 then return existing end
  redis.call('HSET', clients, client, id)
end
redis.call('HSET', batch, 'entry', entry, unpack(ARGV, 6))
redis.call('ZADD', index, 0, entry)
redis.call('HSET', accepting, id, gateway)
return id`,
  /** The items. Answers the first one's index, -1 if the batch takes no more. */
  batchAdd: `
local flags = redis.call('HMGET', batch, 'sealed', 'stopped')
if not flags[1] then return nil end
if flags[1] == '1' or flags[2] == '1' then return -1 end
local count = #ARGV - 2
local first = redis.call('HINCRBY', batch, 'total', count) - count
redis.call('APPEND', status, string.rep('q', count))
for i = 1, count do redis.call('HSET', items, first + i - 1, ARGV[i + 2]) end
return first`,
  /** How many items were added, or ''. Answers the total. */
  batchSeal: `
local added = ARGV[3]
local now = redis.call('HMGET', batch, 'sealed', 'stopped', 'total')
if not now[1] then return nil end
if now[1] == '1' or now[2] == '1' or (added ~= '' and added ~= now[3]) then return tonumber(now[3]) end
redis.call('HSET', batch, 'sealed', 1)
redis.call('HDEL', accepting, id)
event('')
return tonumber(now[3])`,
  /** Answers the status letters as they were, '' if nothing changed. */
  batchCancel: `
local now = redis.call('HMGET', batch, 'sealed', 'stopped', 'total', 'done', 'failed')
if not now[1] then return nil end
if now[2] == '1' then return '' end
if now[1] == '1' and tonumber(now[4]) + tonumber(now[5]) == tonumber(now[3]) then return '' end
local before = redis.call('GET', status) or ''
local after, count = string.gsub(before, 'q', 'c')
redis.call('SET', status, after)
redis.call('HINCRBY', batch, 'cancelled', count)
redis.call('HSET', batch, 'stopped', 1)
redis.call('HDEL', accepting, id)
event('')
return before`,
  /** '1' to spare a batch whose upload is complete. Answers the status letters as they were. */
  batchRemove: `
local now = redis.call('HMGET', batch, 'entry', 'clientBatchId', 'sealed', 'stopped')
if not now[1] then
  redis.call('HDEL', accepting, id)
  return nil
end
if ARGV[3] == '1' and (now[3] == '1' or now[4] == '1') then return nil end
local letters = redis.call('GET', status) or ''
redis.call('DEL', batch, status, items, outcomes, events)
redis.call('ZREM', index, now[1])
if now[2] ~= '' then redis.call('HDEL', clients, now[2]) end
redis.call('HDEL', accepting, id)
tell()
return letters`,
  /**
   * The item's index, and 'r' to run it or 'q' if it is given back. Answers model, topK and the item; nil as well if its
   * batch is cancelled, and so the item from here on.
   */
  itemMove: `
local item, letter = ARGV[3], ARGV[4]
if hasEnded(item) then return nil end
local now = redis.call('HMGET', batch, 'stopped', 'model', 'topK')
if now[1] == '1' then
  redis.call('SETRANGE', status, item, 'c')
  redis.call('HINCRBY', batch, 'cancelled', 1)
  tell()
  return nil
end
redis.call('SETRANGE', status, item, letter)
return {now[2], now[3], redis.call('HGET', items, item)}`,
  /** The item's index, 'done' or 'failed', its outcome. Answers 1 if that is the first. */
  itemRecord: `
local item, ending, outcome = ARGV[3], ARGV[4], ARGV[5]
if hasEnded(item) then return nil end
redis.call('SETRANGE', status, item, string.sub(ending, 1, 1))
redis.call('HSET', outcomes, item, outcome)
redis.call('HINCRBY', batch, ending, 1)
event(item)
return 1`,
  /** What BullMQ's job keys of this batch begin with. Answers indexes that wait for a job that is not there. */
  itemsWithoutJob: `
local letters = redis.call('GET', status) or ''
local missing = {}
local at = string.find(letters, '[qr]')
while at do
  if redis.call('EXISTS', ARGV[3] .. (at - 1)) == 0 then table.insert(missing, at - 1) end
  at = string.find(letters, '[qr]', at + 1)
end
return missing`,
};

export type Step = keyof typeof STEPS;
export type StepArgument = string | number;

/** For the option `scripts` of a Redis client on which `step` is to be used. */
export const scripts = Object.fromEntries(
  Object.entries(STEPS).map(([name, lua]) => [name, { numberOfKeys: 8, lua: PRELUDE + lua }]),
);

export function step(redis: Redis, keys: RedisKeys, name: Step, batchId: string, args: readonly StepArgument[]) {
  const { batch, status, items, outcomes, events } = keys.of(batchId);
  const names = [batch, status, items, outcomes, events, keys.index, keys.clients, keys.accepting];
  const scripted = redis as unknown as Record<Step, (...keysAndArgs: readonly StepArgument[]) => Promise<unknown>>;
  return scripted[name](...names, keys.changes, batchId, ...args);
}
