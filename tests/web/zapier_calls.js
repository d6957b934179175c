'use strict';

// Makes calls as Zapier's platform makes them, with its own core: `[{path, bundle}]` comes in as JSON on the
// standard input, one result per call goes out as JSON on the last line.

const path = require('path');

const folder = path.resolve(__dirname, '..', '..', 'zapier');
const zapier = require(path.join(folder, 'node_modules', 'zapier-platform-core'));
const app = require(path.join(folder, 'index.js'));

const main = async () => {
  const call = zapier.createAppTester(app);
  const results = [];
  for (const { path: steps, bundle } of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
    const perform = steps.split('.').reduce((part, name) => part[name], app);
    try {
      results.push({ value: await call(perform, bundle) });
    } catch (error) {
      results.push({ error: error.name, message: error.message });
    }
  }
  process.stdout.write(`\n${JSON.stringify(results)}\n`);
};

main();
