// npm fhirpath on the expression and the patient of path_bench.cc, compiled once: evaluations a second.
const fhirpath = require('fhirpath');
const r4 = require('fhirpath/fhir-context/r4');
const patient = {
  resourceType: 'Patient', id: 'p1', active: true,
  name: [
    {use: 'official', family: 'Chalmers', given: ['Peter', 'James']}, {use: 'usual', given: ['Jim']},
    {use: 'maiden', family: 'Windsor', given: ['Peter', 'James'], period: {end: '2002'}},
  ],
  gender: 'male', birthDate: '1974-12-25',
};
const evaluate = fhirpath.compile("Patient.name.where(use = 'official').given", r4);
function rate(milliseconds) {
  let count = 0;
  const begin = process.hrtime.bigint(), end = begin + BigInt(milliseconds) * 1000000n;
  while (process.hrtime.bigint() < end) {
    for (let i = 0; i < 100; ++i) evaluate(patient);
    count += 100;
  }
  return count / (Number(process.hrtime.bigint() - begin) / 1e9);
}
if (JSON.stringify(evaluate(patient)) !== '["Peter","James"]') throw new Error('the peer finds something else');
rate(1000);
console.log(Math.round(rate(3000)));
