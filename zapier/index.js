'use strict';

// What Zapier runs. Which triggers and actions there are stands in definition.json, which is generated from
// the event registry of Helix (make zapier); what they do is the same for all of them and stands here.

const definition = require('./definition.json');

const KEY = 'idempotency_key';

const address = (bundle) => bundle.authData.base_url.trim().replace(/\/+$/, '');

const typeOf = (item) => (item.operation.sample.type || item.operation.sample.event);

// Zapier gives a hook's headers as `Http-Webhook-Id`.
const headerOf = (request, name) => {
  const headers = (request && request.headers) || {};
  const found = Object.keys(headers).find((key) => key.toLowerCase().replace(/^http-/, '') === name);
  return found === undefined ? undefined : headers[found];
};

const addToken = (request, z, bundle) => {
  request.headers.Authorization = `Bearer ${bundle.authData.token}`;
  return request;
};

// Helix says in `detail` what was wrong; where it asks to wait, Zapier is told for how long.
const explain = (response, z) => {
  if (response.status < 400 || response.skipThrowForStatus) {
    return response;
  }
  let detail = `Helix answered HTTP ${response.status}.`;
  try {
    detail = JSON.parse(response.content).detail || detail;
  } catch {
    // Something before Helix answered, such as a proxy; the status has to do.
  }
  const wait = Number(response.getHeader('retry-after'));
  if (wait > 0) {
    throw new z.errors.ThrottledError(detail, wait);
  }
  throw new z.errors.Error(detail, response.status === 401 ? 'AuthenticationError' : 'Refused', response.status);
};

const testConnection = async (z, bundle) => {
  await z.request({ url: `${address(bundle)}/hooks/samples/system.started` });
  return {};
};

const hookOf = (trigger) => ({
  performSubscribe: async (z, bundle) => {
    const response = await z.request({
      method: 'POST',
      url: `${address(bundle)}/hooks`,
      body: { target_url: bundle.targetUrl, event: typeOf(trigger) },
    });
    return response.data;
  },
  performUnsubscribe: async (z, bundle) => {
    const response = await z.request({
      method: 'DELETE',
      url: `${address(bundle)}/hooks/${bundle.subscribeData.id}`,
      skipThrowForStatus: true,
    });
    // A hook that is gone already is what was wanted.
    if (response.status !== 404 && response.status >= 400) {
      throw new z.errors.Error(`Helix answered HTTP ${response.status}.`, 'Refused', response.status);
    }
    return {};
  },
  perform: async (z, bundle) => [{ id: headerOf(bundle.rawRequest, 'webhook-id'), ...bundle.cleanedRequest }],
  performList: async (z, bundle) => {
    const response = await z.request({ url: `${address(bundle)}/hooks/samples/${typeOf(trigger)}` });
    // A hook's id comes in a header, which a sample has not.
    return response.data.map((event) => ({
      id: `sample_${z.hash('sha256', JSON.stringify(event)).slice(0, 32)}`,
      ...event,
    }));
  },
});

const isEmpty = (value) => value === undefined || value === null || value === '';

const convert = (type, value) => {
  if ((type === 'integer' || type === 'number') && typeof value === 'string' && value.trim() !== '') {
    const number = Number(value);
    return Number.isNaN(number) ? value : number;
  }
  return type === 'boolean' && typeof value === 'string' ? /^(true|yes|1)$/i.test(value) : value;
};

const valueOf = (field, given) => {
  if (field.children) {
    const items = [].concat(given).map((item) => dataOf(field.children, item));
    return items.filter((item) => Object.keys(item).length > 0);
  }
  if (field.dict) {
    const pairs = Object.entries(given).filter(([, value]) => !isEmpty(value));
    return Object.fromEntries(pairs.map(([name, value]) => [name, convert(field.meta.values, value)]));
  }
  return convert(field.type, given);
};

// The data of an event, from what was filled in; `embed__title` becomes `{embed: {title}}`.
const dataOf = (fields, input) => {
  const data = {};
  for (const field of fields) {
    if (field.key === KEY || isEmpty(input[field.key])) {
      continue;
    }
    const value = valueOf(field, input[field.key]);
    if (typeof value === 'object' && Object.keys(value).length === 0) {
      continue;
    }
    const path = field.key.split('__');
    const last = path.pop();
    const place = path.reduce((part, name) => (part[name] = part[name] || {}), data);
    place[last] = value;
  }
  return data;
};

const send = (create) => async (z, bundle) => {
  const type = typeOf(create);
  // Hashed, since a key may be any text and a header may not; with the type, since two steps of a Zap may
  // name the same trigger.
  const key = z.hash('sha256', `${type}\n${bundle.inputData[KEY]}`);
  const response = await z.request({
    method: 'POST',
    url: `${address(bundle)}/webhooks/${type}`,
    headers: { 'Idempotency-Key': `zapier:${key}` },
    body: dataOf(create.operation.inputFields, bundle.inputData),
  });
  return response.data;
};

const withRun = (items, run) =>
  Object.fromEntries(
    Object.entries(items).map(([key, item]) => [
      key,
      { ...item, operation: { ...item.operation, ...run(item) } },
    ]),
  );

module.exports = {
  ...definition,
  authentication: { ...definition.authentication, test: testConnection },
  beforeRequest: [addToken],
  afterResponse: [explain],
  triggers: withRun(definition.triggers, hookOf),
  creates: withRun(definition.creates, (create) => ({ perform: send(create) })),
};
