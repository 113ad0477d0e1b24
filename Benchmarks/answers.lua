-- Answers as CodePipeline would: only after the whole request was read, and in the name of the
-- pipeline that was asked for. Answers lie as templates beside this file's copy, one for each
-- operation and listener; what stands between two @ is filled in for each request.
local M = {}
local templates = {}
local count = 0

-- Cuts a template into texts, at the odd places, and the names of what is filled in.
local function cut(text)
  local parts, from = {}, 1
  while true do
    local first, last, name = text:find("@(%l+)@", from)
    if not first then break end
    parts[#parts + 1] = text:sub(from, first - 1)
    parts[#parts + 1] = name
    from = last + 1
  end
  parts[#parts + 1] = text:sub(from)
  return parts
end

function M.load(folder, operations, listeners)
  for _, operation in ipairs(operations) do
    for _, listener in ipairs(listeners) do
      local file = assert(io.open(folder .. "/" .. operation .. "." .. listener, "rb"))
      templates["CodePipeline_20150709." .. operation .. "." .. listener] = cut(file:read("*a"))
      file:close()
    end
  end
end

-- Answers a request, so many milliseconds after it came.
function M.answer(listener, delay)
  ngx.req.read_body()
  if delay > 0 then ngx.sleep(delay / 1000) end
  local asked = ngx.req.get_body_data() or ""
  local target = ngx.var.http_x_amz_target or ""
  local parts = templates[target .. "." .. listener]
  if not parts then
    ngx.status = 400
    ngx.say('{"__type":"UnknownOperationException"}')
    return
  end
  count = count + 1
  local values = {
    name = asked:match('"name"%s*:%s*"([^"]*)"') or "",
    time = string.format("%.3f", ngx.now()),
    execution = string.format("6a3c2d1e-0000-4000-8000-%012x", count),
  }
  local answer, length = {}, 0
  for index, part in ipairs(parts) do
    local text = index % 2 == 1 and part or values[part]
    answer[index] = text
    length = length + #text
  end
  ngx.header["Content-Type"] = "application/x-amz-json-1.1"
  ngx.header["Content-Length"] = length
  ngx.header["x-amzn-RequestId"] = string.format("8f0c4d52-0000-4000-8000-%012x", count)
  ngx.print(answer)
end

return M
