import assert from 'node:assert/strict';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, streamText, tool } from 'ai';
import { z } from 'zod';
import { gateway, key, model as name, run } from './check.mjs';

const model = createOpenAICompatible({ name: 'orrery', baseURL: `${gateway}/v1`, apiKey: key, includeUsage: true, supportsStructuredOutputs: true })(name);
const asking = { model, prompt: 'Once upon a time', temperature: 0, maxOutputTokens: 16, maxRetries: 0 };
const schema = z.object({ city: z.enum(['Oslo', 'Rome']) });

await run({
  'generates and streams the same text': async () => {
    const whole = await generateText(asking);
    const streamed = streamText(asking);
    let text = '';
    for await (const piece of streamed.textStream) text += piece;
    assert(text.length > 0);
    assert.equal(text, whole.text);
    assert.equal(await streamed.finishReason, 'length');
    assert.equal((await streamed.usage).outputTokens, 16);
  },
  'generates an object': async () => assert(['Oslo', 'Rome'].includes((await generateObject({ ...asking, maxOutputTokens: 200, schema })).object.city)),
  'calls a tool': async () => {
    const result = await generateText({
      ...asking, maxOutputTokens: 200, toolChoice: 'required',
      tools: { weather: tool({ description: 'The weather of a city', inputSchema: schema, execute: async ({ city }) => `rain in ${city}` }) },
    });
    assert.match(result.toolResults[0].output, /^rain in (Oslo|Rome)$/);
  },
  'sees errors': async () => assert.rejects(generateText({ ...asking, model: createOpenAICompatible({ name: 'x', baseURL: `${gateway}/v1`, apiKey: 'wrong' })(name) }), (e) => e.statusCode === 401),
});
