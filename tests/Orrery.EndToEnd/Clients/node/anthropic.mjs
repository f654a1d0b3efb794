import assert from 'node:assert/strict';
import Anthropic from '@anthropic-ai/sdk';
import { breakingOnce, gateway, key, model, run } from './check.mjs';

const client = new Anthropic({ baseURL: gateway, apiKey: key, maxRetries: 0 });
const asking = { model, messages: [{ role: 'user', content: 'Once upon a time' }], temperature: 0, max_tokens: 16 };
const weather = {
  name: 'weather', description: 'The weather of a city',
  input_schema: { type: 'object', properties: { city: { enum: ['Oslo', 'Rome'] } }, required: ['city'], additionalProperties: false },
};

await run({
  'answers and streams the same text': async () => {
    const whole = await client.messages.create(asking);
    const streamed = await client.messages.stream(asking).finalMessage();
    assert(whole.content[0].text.length > 0);
    assert.deepEqual(streamed.content, whole.content);
    assert.equal(streamed.stop_reason, 'max_tokens');
    assert.equal(streamed.usage.output_tokens, 16);
  },
  'streams events': async () => {
    const types = [];
    for await (const event of await client.messages.create({ ...asking, stream: true })) types.push(event.type);
    assert.deepEqual([types[0], types[1], types[2]], ['message_start', 'content_block_start', 'content_block_delta']);
    assert.deepEqual(types.slice(-3), ['content_block_stop', 'message_delta', 'message_stop']);
  },
  'heeds the system text': async () => assert((await client.messages.create({ ...asking, system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }] })).content.length > 0),
  'calls tools, and tells their results': async () => {
    const calling = { ...asking, max_tokens: 200, tools: [weather], tool_choice: { type: 'any' } };
    const first = await client.messages.create(calling);
    const use = first.content.find((block) => block.type === 'tool_use');
    assert.equal(first.stop_reason, 'tool_use');
    assert.equal(use.name, 'weather');
    assert(['Oslo', 'Rome'].includes(use.input.city));
    assert.deepEqual((await client.messages.stream(calling).finalMessage()).content.find((block) => block.type === 'tool_use').input, use.input);
    const next = await client.messages.create({
      ...calling, tool_choice: { type: 'none' }, max_tokens: 8,
      messages: [...calling.messages, { role: 'assistant', content: first.content }, { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'rain' }] }],
    });
    assert.equal(next.role, 'assistant');
  },
  'counts tokens': async () => {
    const { messages } = asking;
    assert((await client.messages.countTokens({ model, messages })).input_tokens > 3);
  },
  'sees errors as its own': async () => {
    await assert.rejects(new Anthropic({ baseURL: gateway, apiKey: 'wrong', maxRetries: 0 }).messages.create(asking), Anthropic.AuthenticationError);
    await assert.rejects(client.messages.create({ ...asking, model: 'absent' }), Anthropic.NotFoundError);
    await assert.rejects(client.messages.create({ ...asking, max_tokens: -1 }), Anthropic.BadRequestError);
  },
  'cancels': async () => {
    const stream = client.messages.stream({ ...asking, max_tokens: 100000 });
    let events = 0;
    await assert.rejects(async () => {
      for await (const _ of stream)
        if (++events === 5) stream.abort();
    }, Anthropic.APIUserAbortError);
    assert(events >= 5 && events < 1000);
  },
  'retries': async () => {
    const proxy = await breakingOnce();
    await new Anthropic({ baseURL: proxy.address, apiKey: key, maxRetries: 2 }).messages.create(asking);
    assert.equal(proxy.asked(), 2);
    proxy.close();
  },
});
