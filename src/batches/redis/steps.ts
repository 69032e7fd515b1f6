/**
 * What changes batches in Redis, each step a Lua script and thus atomic across gateways. A step that is run twice (its answer
 * was lost with the connection) changes nothing the second time, except `batchAdd`: an upload that loses an answer ends anyway.
 * Steps of an item answer with nothing if there is nothing to do: the batch is gone, the item has ended.
 */
import type { Redis } from 'ioredis';

/** Numbers the batch's next event, appends it and tells every gateway. */
const EVENT = `
local function tell(batch, channel)
  redis.call('PUBLISH', channel, redis.call('HGET', batch, 'id'))
end
local function event(batch, events, channel, item)
  local seq = redis.call('HINCRBY', batch, 'seq', 1)
  local now = redis.call('HMGET', batch, 'total', 'done', 'failed', 'sealed', 'stopped')
  redis.call('XADD', events, seq .. '-0', 'item', item,
    'total', now[1], 'done', now[2], 'failed', now[3], 'sealed', now[4], 'stopped', now[5])
  tell(batch, channel)
end
`;

/** An item of a cancelled batch that comes back unfinished will not be run again. */
const CANCEL_ITEM = `
local function cancelItem(batch, status, index, channel)
  redis.call('SETRANGE', status, index, 'c')
  redis.call('HINCRBY', batch, 'cancelled', 1)
  tell(batch, channel)
end
`;

const STEPS = {
  /**
   * Keys: batch, index, clients, accepting. Args: id, client id or '', entry, gateway, what keys of batches begin with, then
   * fields and values. Answers the id, or that of the batch which has the client id.
   */
  batchCreate: {
    numberOfKeys: 4,
    lua: `
if ARGV[2] ~= '' then
  local existing = redis.call('HGET', KEYS[3], ARGV[2])
  if existing and redis.call('EXISTS', ARGV[5] .. existing) == 1 then return existing end
  redis.call('HSET', KEYS[3], ARGV[2], ARGV[1])
end
redis.call('HSET', KEYS[1], 'entry', ARGV[3], unpack(ARGV, 6))
redis.call('ZADD', KEYS[2], 0, ARGV[3])
redis.call('HSET', KEYS[4], ARGV[1], ARGV[4])
return ARGV[1]`,
  },
  /** Keys: batch, status, items. Args: the items. Answers the first one's index, -1 if the batch is complete, -2 if it is cancelled. */
  batchAdd: {
    numberOfKeys: 3,
    lua: `
local flags = redis.call('HMGET', KEYS[1], 'sealed', 'stopped')
if not flags[1] then return nil end
if flags[2] == '1' then return -2 end
if flags[1] == '1' then return -1 end
local first = redis.call('HINCRBY', KEYS[1], 'total', #ARGV) - #ARGV
redis.call('APPEND', KEYS[2], string.rep('q', #ARGV))
for i, item in ipairs(ARGV) do redis.call('HSET', KEYS[3], first + i - 1, item) end
return first`,
  },
  /** Keys: batch, accepting, events. Args: id, channel, how many items were added or ''. Answers the total. */
  batchSeal: {
    numberOfKeys: 3,
    lua: `${EVENT}
local now = redis.call('HMGET', KEYS[1], 'sealed', 'stopped', 'total')
if not now[1] then return nil end
if now[1] == '1' or now[2] == '1' then return tonumber(now[3]) end
if ARGV[3] ~= '' and ARGV[3] ~= now[3] then return tonumber(now[3]) end
redis.call('HSET', KEYS[1], 'sealed', 1)
redis.call('HDEL', KEYS[2], ARGV[1])
event(KEYS[1], KEYS[3], ARGV[2], '')
return tonumber(now[3])`,
  },
  /** Keys: batch, status, accepting, events. Args: id, channel. Answers the status letters as they were, '' if nothing changed. */
  batchCancel: {
    numberOfKeys: 4,
    lua: `${EVENT}
local now = redis.call('HMGET', KEYS[1], 'sealed', 'stopped', 'total', 'done', 'failed')
if not now[1] then return nil end
if now[2] == '1' then return '' end
if now[1] == '1' and tonumber(now[4]) + tonumber(now[5]) == tonumber(now[3]) then return '' end
local before = redis.call('GET', KEYS[2]) or ''
local after, count = string.gsub(before, 'q', 'c')
redis.call('SET', KEYS[2], after)
redis.call('HINCRBY', KEYS[1], 'cancelled', count)
redis.call('HSET', KEYS[1], 'stopped', 1)
redis.call('HDEL', KEYS[3], ARGV[1])
event(KEYS[1], KEYS[4], ARGV[2], '')
return before`,
  },
  /**
   * Keys: batch, status, items, outcomes, events, index, clients, accepting. Args: id, channel, '1' to spare a batch whose
   * upload is complete. Answers the status letters as they were.
   */
  batchRemove: {
    numberOfKeys: 8,
    lua: `
local now = redis.call('HMGET', KEYS[1], 'entry', 'clientBatchId', 'sealed', 'stopped')
if not now[1] then
  redis.call('HDEL', KEYS[8], ARGV[1])
  return nil
end
if ARGV[3] == '1' and (now[3] == '1' or now[4] == '1') then return nil end
local letters = redis.call('GET', KEYS[2]) or ''
redis.call('DEL', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
redis.call('ZREM', KEYS[6], now[1])
if now[2] ~= '' then redis.call('HDEL', KEYS[7], now[2]) end
redis.call('HDEL', KEYS[8], ARGV[1])
redis.call('PUBLISH', ARGV[2], ARGV[1])
return letters`,
  },
  /** Keys: batch, status, items. Args: index, channel. Answers model, topK and the item if that is to be run. */
  itemBegin: {
    numberOfKeys: 3,
    lua: `${EVENT}${CANCEL_ITEM}
local letter = redis.call('GETRANGE', KEYS[2], ARGV[1], ARGV[1])
if letter ~= 'q' and letter ~= 'r' then return nil end
local batch = redis.call('HMGET', KEYS[1], 'stopped', 'model', 'topK')
if batch[1] == '1' then
  cancelItem(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
  return nil
end
redis.call('SETRANGE', KEYS[2], ARGV[1], 'r')
return {batch[2], batch[3], redis.call('HGET', KEYS[3], ARGV[1])}`,
  },
  /** Keys: batch, status. Args: index, channel. Answers 1 if the item is to be run again. */
  itemReturn: {
    numberOfKeys: 2,
    lua: `${EVENT}${CANCEL_ITEM}
local letter = redis.call('GETRANGE', KEYS[2], ARGV[1], ARGV[1])
if letter ~= 'q' and letter ~= 'r' then return nil end
if redis.call('HGET', KEYS[1], 'stopped') == '1' then
  cancelItem(KEYS[1], KEYS[2], ARGV[1], ARGV[2])
  return nil
end
redis.call('SETRANGE', KEYS[2], ARGV[1], 'q')
return 1`,
  },
  /** Keys: batch, status, outcomes, events. Args: index, channel, 'done' or 'failed', outcome. Answers 1 if it is the first. */
  itemRecord: {
    numberOfKeys: 4,
    lua: `${EVENT}
local letter = redis.call('GETRANGE', KEYS[2], ARGV[1], ARGV[1])
if letter ~= 'q' and letter ~= 'r' then return nil end
redis.call('SETRANGE', KEYS[2], ARGV[1], string.sub(ARGV[3], 1, 1))
redis.call('HSET', KEYS[3], ARGV[1], ARGV[4])
redis.call('HINCRBY', KEYS[1], ARGV[3], 1)
event(KEYS[1], KEYS[4], ARGV[2], ARGV[1])
return 1`,
  },
  /** Keys: status. Args: what BullMQ's job keys of this batch begin with. Answers indexes that wait for a job that is not there. */
  itemsWithoutJob: {
    numberOfKeys: 1,
    lua: `
local letters = redis.call('GET', KEYS[1]) or ''
local missing = {}
local at = string.find(letters, '[qr]')
while at do
  if redis.call('EXISTS', ARGV[1] .. (at - 1)) == 0 then table.insert(missing, at - 1) end
  at = string.find(letters, '[qr]', at + 1)
end
return missing`,
  },
  /** Keys: gateways, this gateway. Args: id, what it says of itself, ms it counts, what keys of gateways begin with. */
  gatewayBeat: {
    numberOfKeys: 2,
    lua: `
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  if redis.call('EXISTS', ARGV[4] .. id) == 0 then redis.call('SREM', KEYS[1], id) end
end`,
  },
} as const;

export type Step = keyof typeof STEPS;

/** For the option `scripts` of a Redis client on which `step` is to be used. */
export const scripts: Record<string, { numberOfKeys: number; lua: string }> = STEPS;

type Scripted = Record<Step, (...keysAndArgs: readonly (string | number)[]) => Promise<unknown>>;

export function step(redis: Redis, name: Step, keys: string[], args: (string | number)[]): Promise<unknown> {
  return (redis as unknown as Scripted)[name](...keys, ...args);
}
