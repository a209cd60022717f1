// npm validators over the lines of a folder's .ndjson files: resources a second, JSON parse not counted.
//   node validate_peer.js PEER FOLDER DEFINITIONS   PEER: fhir | medplum
const fs = require('fs'), path = require('path');
const [, , peer, folder, definitions] = process.argv;
const resources = [];
for (const name of fs.readdirSync(folder).sort()) {
  if (!name.endsWith('.ndjson')) continue;
  for (const line of fs.readFileSync(path.join(folder, name), 'utf8').split('\n')) if (line) resources.push(JSON.parse(line));
}
function makeValidator() {
  if (peer === 'fhir') {
    const {Fhir} = require('fhir');
    const fhir = new Fhir();
    return resource => fhir.validate(resource);
  }
  const {indexStructureDefinitionBundle, validateResource} = require('@medplum/core');
  for (const name of ['profiles-types.json', 'profiles-resources.json'])
    indexStructureDefinitionBundle(JSON.parse(fs.readFileSync(path.join(definitions, name), 'utf8')));
  return resource => { try { validateResource(resource); } catch { /* refused */ } };
}
const validate = makeValidator();
// Every 10th resource, so that all types weigh as they do in the whole.
const sample = resources.filter((_, i) => i % 10 === 0);
for (const resource of sample.slice(0, 500)) validate(resource);
const begin = process.hrtime.bigint();
for (const resource of sample) validate(resource);
console.log(Math.round(sample.length / (Number(process.hrtime.bigint() - begin) / 1e9)));
