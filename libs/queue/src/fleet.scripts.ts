/** KEYS fleet, worker, warm; ARGV id, capacity in pixels, draining, info JSON, warm avatar ids … */
export const BEAT_SCRIPT = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[2], 'beat_ms', now, 'capacity', ARGV[2], 'draining', ARGV[3], 'info', ARGV[4])
redis.call('DEL', KEYS[3])
for i = 5, #ARGV do redis.call('SADD', KEYS[3], ARGV[i]) end
return now
`;

/**
 * KEYS fleet; ARGV claim name, weight, avatar id, lost-after ms. Answers the worker's id or ''.
 * Reads every worker's keys inside the script, so that two claims can't both see the last free slot.
 */
export const CLAIM_SCRIPT = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local weight = tonumber(ARGV[2])
local best, best_warm, best_free = '', -1, -1
for _, id in ipairs(redis.call('SMEMBERS', KEYS[1])) do
  local worker = 'vv:worker:' .. id
  local beat = redis.call('HMGET', worker, 'beat_ms', 'capacity', 'draining')
  if redis.call('HEXISTS', worker .. ':claims', ARGV[1]) == 1 then return id end
  if beat[1] and now - tonumber(beat[1]) <= tonumber(ARGV[4]) and beat[3] ~= '1' then
    local used = 0
    for _, value in ipairs(redis.call('HVALS', worker .. ':claims')) do
      used = used + tonumber(string.match(value, '^(%d+)@'))
    end
    local free = tonumber(beat[2]) - used
    local warm = redis.call('SISMEMBER', worker .. ':warm', ARGV[3])
    if free >= weight and (warm > best_warm or (warm == best_warm and free > best_free)) then
      best, best_warm, best_free = id, warm, free
    end
  end
end
if best ~= '' then redis.call('HSET', 'vv:worker:' .. best .. ':claims', ARGV[1], weight .. '@' .. now) end
return best
`;
