import assert from 'node:assert/strict';
import OpenAI from 'openai';
import { breakingOnce, gateway, key, model, run } from './check.mjs';

const client = new OpenAI({ baseURL: `${gateway}/v1`, apiKey: key, maxRetries: 0 });
const messages = [{ role: 'user', content: 'Once upon a time' }];
const asking = { model, messages, temperature: 0, max_tokens: 16 };
const weather = {
  type: 'function',
  function: {
    name: 'weather', description: 'The weather of a city',
    parameters: { type: 'object', properties: { city: { enum: ['Oslo', 'Rome'] } }, required: ['city'], additionalProperties: false },
  },
};

await run({
  'lists models': async () => {
    const ids = [];
    for await (const one of client.models.list()) ids.push(one.id);
    assert(ids.includes(model));
    assert.equal((await client.models.retrieve(model)).id, model);
  },
  'chats and streams the same text': async () => {
    const whole = await client.chat.completions.create(asking);
    let text = '', usage, finish;
    for await (const chunk of await client.chat.completions.create({ ...asking, stream: true, stream_options: { include_usage: true } })) {
      text += chunk.choices[0]?.delta?.content ?? '';
      finish = chunk.choices[0]?.finish_reason ?? finish;
      usage = chunk.usage ?? usage;
    }
    assert(text.length > 0);
    assert.equal(whole.choices[0].message.content, text);
    assert.equal(finish, 'length');
    assert.equal(usage.completion_tokens, 16);
    assert.match(whole._request_id, /^req_/);
  },
  'completes': async () => assert((await client.completions.create({ model, prompt: 'Once', max_tokens: 4 })).choices[0].text.length > 0),
  'calls tools, whole and streamed': async () => {
    const calling = { ...asking, max_tokens: 200, tools: [weather], tool_choice: 'required' };
    const [call] = (await client.chat.completions.create(calling)).choices[0].message.tool_calls;
    assert.equal(call.function.name, 'weather');
    assert(['Oslo', 'Rome'].includes(JSON.parse(call.function.arguments).city));
    const streamed = await client.chat.completions.stream(calling).finalChatCompletion();
    assert.deepEqual(JSON.parse(streamed.choices[0].message.tool_calls[0].function.arguments), JSON.parse(call.function.arguments));
  },
  'gets structured output': async () => {
    const schema = { type: 'object', properties: { city: { enum: ['Oslo', 'Rome'] } }, required: ['city'], additionalProperties: false };
    const answer = await client.chat.completions.create({ ...asking, max_tokens: 200, response_format: { type: 'json_schema', json_schema: { name: 'city', strict: true, schema } } });
    assert(['Oslo', 'Rome'].includes(JSON.parse(answer.choices[0].message.content).city));
  },
  'asks for responses, whole, streamed and stored': async () => {
    const wanted = { model, input: 'Once upon a time', temperature: 0, max_output_tokens: 16 };
    const whole = await client.responses.create(wanted);
    assert(whole.output_text.length > 0);
    assert.equal(whole.status, 'incomplete');
    const streamed = await client.responses.stream(wanted).finalResponse();
    assert.equal(streamed.output_text, whole.output_text);
    assert.equal(streamed.usage.output_tokens, 16);
    assert.deepEqual((await client.responses.retrieve(whole.id)).output, whole.output);
    const next = await client.responses.create({ ...wanted, input: 'And then?', previous_response_id: whole.id });
    assert.equal(next.previous_response_id, whole.id);
    assert(next.usage.input_tokens > whole.usage.input_tokens + 16);
    assert.equal((await client.responses.inputItems.list(next.id)).data.length, 1);
    await client.responses.delete(whole.id);
    await assert.rejects(client.responses.retrieve(whole.id), OpenAI.NotFoundError);
  },
  'sees errors as its own': async () => {
    await assert.rejects(new OpenAI({ baseURL: `${gateway}/v1`, apiKey: 'wrong', maxRetries: 0 }).chat.completions.create(asking), OpenAI.AuthenticationError);
    await assert.rejects(client.chat.completions.create({ ...asking, model: 'absent' }), (e) => e instanceof OpenAI.NotFoundError && e.code === 'model_not_found' && e.param === 'model');
    await assert.rejects(client.chat.completions.create({ ...asking, temperature: 9 }), (e) => e instanceof OpenAI.BadRequestError && e.param === 'temperature');
  },
  'cancels': async () => {
    const stream = await client.chat.completions.create({ ...asking, max_tokens: 100000, stream: true });
    let chunks = 0;
    for await (const _ of stream)
      if (++chunks === 3) stream.controller.abort();
    assert(chunks >= 3 && chunks < 1000);
  },
  'retries': async () => {
    const proxy = await breakingOnce();
    const answer = await new OpenAI({ baseURL: `${proxy.address}/v1`, apiKey: key, maxRetries: 2 }).chat.completions.create(asking);
    assert.equal(answer.choices.length, 1);
    assert.equal(proxy.asked(), 2);
    proxy.close();
  },
  'runs out of time': async () => assert.rejects(client.chat.completions.create({ ...asking, max_tokens: 100000 }, { timeout: 1 }), OpenAI.APIConnectionTimeoutError),
});
