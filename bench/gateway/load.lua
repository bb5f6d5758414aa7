-- wrk ... URL -- BODY_FILE 'name: value'...   Prints one line of JSON when done.
-- An empty body makes it a GET. Where a body holds the mark, each request has other words in its place, as many as there
-- are letters in it: ordinary ones, so that nothing more is found, and the text is still one that nobody saw before.
local mark = "FRESHFRESH"
local words = {
  "calm", "steady", "gentle", "quiet", "slow", "light", "plain", "even",
  "warm", "cool", "firm", "soft", "clear", "brief", "usual", "common",
}
local fresh

function init(args)
  local file = assert(io.open(args[1], "rb"))
  wrk.method = "POST"
  wrk.body = file:read("*a")
  file:close()
  if wrk.body == "" then
    wrk.method = "GET"
    wrk.body = nil
  elseif wrk.body:find(mark, 1, true) then
    fresh = wrk.body
    math.randomseed(os.time() * 1000 + math.floor(os.clock() * 1e6) % 1000)
  end
  wrk.headers["content-type"] = "application/json"
  for i = 2, #args do
    local name, value = args[i]:match("^([^:]+): (.*)$")
    wrk.headers[name] = value
  end
end

function request()
  if not fresh then return wrk.format() end
  local body = fresh:gsub(mark, function()
    local said = {}
    for i = 1, #mark do said[i] = words[math.random(#words)] end
    return table.concat(said, " ")
  end)
  return wrk.format(nil, nil, nil, body)
end

function done(summary, latency, requests)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%.6f,"failed":%d,"p50Ms":%.4f,"p99Ms":%.4f}\n',
    summary.requests, summary.duration / 1e6,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
