// What the map of the hospital does one way, by hand in JavaScript and by npm jsonata: records a second, from the bytes
// of a record to the bytes of its resources. Before anything is timed the resources of the whole sample must be those
// of `map run`, but for their ids.
//   node mapping_peer.js js|jsonata MAP_FOLDER BUNDLES.ndjson
const fs = require('fs'), path = require('path');
const [, , peer, folder, bundles] = process.argv;
const NS = 'urn:throughline:sta-aurelia:', OBSERVATION = 'http://terminology.hl7.org/CodeSystem/observation-category';
const LOINC = 'http://loinc.org', UCUM = 'http://unitsofmeasure.org', ACT = 'http://terminology.hl7.org/CodeSystem/';

// Code tables: local code -> rows, the whole concept with the local code behind, the first code.
function readTable(name) {
  const rows = new Map();
  for (const line of fs.readFileSync(path.join(folder, 'codes', `${name}.csv`), 'utf8').split('\n').slice(1)) {
    const cells = [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(found => found[1].replace(/^"|"$/g, '').replace(/""/g, '"'));
    if (cells[0]) rows.set(cells[0], [...rows.get(cells[0]) || [], {system: cells[1], code: cells[2], display: cells[3]}]);
  }
  return rows;
}
const plain = object => Object.fromEntries(Object.entries(object).filter(([, value]) => value));
const tables = {}, concepts = {};
for (const file of fs.readdirSync(path.join(folder, 'codes'))) {
  const name = file.replace('.csv', '');
  tables[name] = readTable(name);
  concepts[name] = {};
  for (const [local, rows] of tables[name]) {
    const coding = rows.filter(row => row.code).map(plain);
    concepts[name][local] = {coding: [...coding, plain({system: NS + name, code: local, display: rows[0].code ? '' : rows[0].display})]};
  }
}
const concept = (table, code) => code === undefined || code === null ? undefined :
  concepts[table][code] || {coding: [{system: NS + table, code}]};
const first = (table, code) => { const rows = tables[table].get(code); return rows && rows[0].code; };

// A local time in its zone; the zone's offset is looked up once an hour.
const format = new Intl.DateTimeFormat('en-US', {timeZone: 'America/Santiago', timeZoneName: 'longOffset'});
const offsets = new Map();
function zoned(local) {
  if (!local) return undefined;
  const hour = local.slice(0, 13);
  let offset = offsets.get(hour);
  if (!offset) {
    for (const guess of ['-03:00', '-04:00']) {
      const said = format.formatToParts(new Date(`${local}:00${guess}`)).find(part => part.type === 'timeZoneName').value.slice(3);
      if (said === guess) { offset = guess; break; }
    }
    offsets.set(hour, offset);
  }
  return `${local}:00${offset}`;
}
// As cheap as ids can be: what they are made of is not compared.
function uid(key, name) {
  let hash = 2166136261;
  for (const text of [key, '#', name]) for (let i = 0; i < text.length; ++i) hash = Math.imul(hash ^ text.charCodeAt(i), 16777619);
  return `${(hash >>> 0).toString(16)}-${name}`;
}

const local = (code, display) => ({coding: [{system: `${NS}concept`, code, display}]});
const own = (code, display) => ({coding: [{system: 'urn:throughline:aftercare', code, display}]});
const loinc = (code, display) => ({coding: [display ? {system: LOINC, code, display} : {system: LOINC, code}]});
const category = code => ({coding: [{system: OBSERVATION, code}]});
const SUBSTANCES = {COC: '14314-9', THC: '18282-4', OPI: '19295-5', BZD: '14316-4', AMP: '19343-3', MET: '19554-5', MTD: '19550-3',
  FEN: '59673-4', BUP: '58359-1', '6MAM': '19321-9'};
const yes = {Y: true, N: false};

function byHand(record) {
  const key = `${record.mrn}|${record.admission.no}`, out = [];
  const ref = name => ({reference: `urn:uuid:${uid(key, name)}`});
  const subject = {reference: `urn:uuid:${uid(record.mrn, 'patient')}`}, encounter = ref('stay');
  const observe = (name, more) => out.push({resourceType: 'Observation', id: uid(key, name), status: 'final', subject, encounter, ...more});
  const social = [category('social-history')];
  const {name, admission, aftercare, carer, consent} = record;
  const family = [name.family && {url: 'http://hl7.org/fhir/StructureDefinition/humanname-fathers-family', valueString: name.family},
    name.family2 && {url: 'http://hl7.org/fhir/StructureDefinition/humanname-mothers-family', valueString: name.family2}].filter(Boolean);
  out.push({resourceType: 'Patient', id: uid(record.mrn, 'patient'), identifier: [{system: `${NS}mrn`, value: record.mrn}],
    name: [{use: 'official', family: `${name.family || ''} ${name.family2 || ''}`.trim(), _family: {extension: family}, given: name.given}],
    gender: first('sex', record.sex), birthDate: record.dob, deceasedDateTime: record.deceased});
  if (carer) out.push({resourceType: 'RelatedPerson', id: uid(key, 'carer'), patient: subject, relationship: [concept('relationship', carer.rel)], name: [{text: carer.name}]});
  (record.dx || []).forEach((dx, i) => out.push({resourceType: 'Condition', id: uid(key, `dx[${i}]`),
    clinicalStatus: {coding: [{system: `${ACT}condition-clinical`, code: 'active'}]},
    category: [{coding: [{system: `${ACT}condition-category`, code: 'encounter-diagnosis'}]}],
    code: {coding: [{system: first('diagnosis-system', dx.sys), code: dx.code}], text: dx.text}, subject, encounter}));
  const [how, to] = (admission.disposition || '').split(':');
  const kind = tables['encounter-class'].get(admission.class)[0];
  out.push({resourceType: 'Encounter', id: uid(key, 'stay'),
    extension: [admission.reason && {url: `${NS}discharge-reason`, valueCodeableConcept: concept('discharge-reason', admission.reason)},
      carer && {url: `${NS}carer`, valueReference: ref('carer')}].filter(Boolean),
    identifier: [{system: `${NS}admission`, value: admission.no}], status: 'finished',
    class: {...plain(kind), extension: [{url: 'urn:throughline:local-code', valueCoding: {system: `${NS}encounter-class`, code: admission.class}}]},
    type: [local('hospital-stay', 'Stay in hospital Santa Aurelia')], serviceType: concept('unit', admission.unit), subject,
    period: {start: zoned(admission.admitted), end: zoned(admission.discharged)},
    diagnosis: record.dx && record.dx.length ? record.dx.map((dx, i) => ({condition: ref(`dx[${i}]`), rank: dx.rank})) : undefined,
    hospitalization: {admitSource: concept('admit-source', admission.source),
      destination: to && {type: 'Organization', identifier: {system: `${NS}organization`, value: to}},
      dischargeDisposition: how ? concept('discharge-disposition', how) : undefined},
    serviceProvider: {display: 'Hospital Santa Aurelia'}});
  const facts = [
    ['prior-episodes', record.prior_tx_episodes, 'valueInteger', local('prior-treatment-episodes', 'Treatment episodes before this one, as reported')],
    ['pregnancy', concept('pregnancy', record.pregnant), 'valueCodeableConcept', loinc('82810-3', 'Pregnancy status')],
    ['children', record.children_in_care_of_patient, 'valueInteger', local('children-in-care', 'Children in the care of the patient')],
    ['justice', concept('justice', record.justice), 'valueCodeableConcept', local('justice-contact', 'Contact with the justice system')],
    ['employment', concept('employment', record.employment), 'valueCodeableConcept', loinc('67875-5', 'Employment status')],
    ['housing', concept('housing', record.housing), 'valueCodeableConcept', loinc('71802-3', 'Housing status')]];
  for (const [place, value, element, code] of facts) if (value !== undefined) observe(place, {category: social, code, [element]: value});
  (record.uds || []).forEach((uds, i) => observe(`uds[${i}]`, {category: [category('laboratory')], code: loinc('69739-1'), effectiveDateTime: uds.collected,
    method: concept('uds-method', uds.method),
    component: Object.keys(SUBSTANCES).filter(name => uds.results[name]).map(name => ({code: loinc(SUBSTANCES[name]), valueCodeableConcept: concept('uds-result', uds.results[name])}))}));
  (record.screens || []).forEach((screen, i) => observe(`screen[${i}]`, {category: [category('survey')], code: concept('screening-tool', screen.tool),
    effectiveDateTime: screen.date, valueInteger: screen.total}));
  (record.meds || []).forEach((med, i) => observe(`medication-access[${i}]`, {category: [category('therapy')],
    code: local('medication-access', 'Supply of and access to a medicine'), valueCodeableConcept: concept('medication-access', med.access),
    component: [{code: local('medicine', 'The medicine, as the hospital writes it'), valueCodeableConcept: {text: med.text}},
      {code: local('days-supplied', 'Days for which the medicine was supplied'), valueQuantity: {value: med.days_supplied, system: UCUM, code: 'd'}}]}));
  if (aftercare) plan();
  if (carer) observe('carer-burden', {category: social, code: own('carer-burden', 'Burden of the carer'), focus: [ref('carer')],
    component: [{code: own('lives-with', 'Lives with the person'), valueBoolean: yes[carer.lives_with]},
      {code: own('hours-week', 'Hours of care in a week'), valueQuantity: {value: carer.hours_week, system: UCUM, code: 'h/wk'}},
      {code: own('reduced-own-work', 'Works less because of caring'), valueBoolean: yes[carer.reduced_own_work]}]});
  if (consent) agree();
  return out;

  function plan() {
    aftercare.goals.forEach((goal, i) => out.push({resourceType: 'Goal', id: uid(key, `goal[${i}]`), lifecycleStatus: first('goal-lifecycle', goal.status) || 'active',
      achievementStatus: concept('goal-achievement', goal.status), description: {text: goal.text}, subject, target: goal.due && [{dueDate: goal.due}]}));
    out.push({resourceType: 'CarePlan', id: uid(key, 'plan'), identifier: [{system: `${NS}plan`, value: aftercare.plan_no}], status: first('plan-status', aftercare.status),
      intent: 'plan', category: [concept('intensity', aftercare.intensity), own('aftercare', 'Aftercare plan')], subject, encounter, period: {start: aftercare.start},
      author: {display: aftercare.coordinator}, addresses: record.dx.map((_, i) => ref(`dx[${i}]`)),
      goal: aftercare.goals.length ? aftercare.goals.map((_, i) => ref(`goal[${i}]`)) : undefined,
      activity: [{detail: {code: local('plan-review', 'Review of the plan'), status: first('review-status', aftercare.status),
        scheduledTiming: {repeat: {frequency: 1, period: aftercare.review_every_days, periodUnit: 'd'}}}},
      ...aftercare.activities.map(activity => {
        const times = first('frequency-times', activity.freq);
        const repeat = times && {frequency: Number(times), period: Number(first('frequency-period', activity.freq)), periodUnit: first('frequency-unit', activity.freq)};
        return {detail: {code: concept('activity', activity.code), status: first('activity-status', aftercare.status), scheduledTiming: {repeat, code: concept('frequency', activity.freq)}}};
      })]});
    out.push({resourceType: 'ServiceRequest', id: uid(key, 'referral'), basedOn: [ref('plan')], status: first('plan-status', aftercare.status), intent: 'order',
      code: local('aftercare-referral', 'Referral to aftercare'), subject, encounter, occurrenceDateTime: zoned(aftercare.first_appt),
      performer: [{type: 'Organization', identifier: {system: `${NS}organization`, value: aftercare.to_org}}]});
    for (const barrier of aftercare.barriers) observe(`barrier[${barrier.code}]`, {basedOn: [ref('plan')],
      category: [category('social-history'), local('aftercare-barrier', 'Barrier to aftercare')], code: concept('barrier', barrier.code), valueInteger: barrier.sev});
  }

  function agree() {
    const extension = [consent.revoked && {url: `${NS}consent-revoked`, valueDate: consent.revoked},
      consent.registry && {url: `${NS}consent-registry`, valueCodeableConcept: concept('consent-registry', consent.registry)}].filter(Boolean);
    const whole = consent.recipients.length > 0 && (consent.scope === 'TPO' || consent.scope === 'T');
    out.push({resourceType: 'Consent', id: uid(key, 'consent'), extension, status: consent.revoked ? 'inactive' : whole ? 'active' : 'draft', scope: concept('consent-scope', consent.scope),
      category: [loinc('59284-0'), loinc('64292-6')], patient: subject, dateTime: consent.signed, sourceAttachment: {title: consent.form},
      policy: [{uri: `${NS}release-of-information`}],
      provision: {type: first('consent-provision', consent.scope) || 'deny', period: consent.expires ? {end: consent.expires} : undefined,
        actor: consent.recipients.map(to => ({role: {coding: [{system: `${ACT}v3-ParticipationType`, code: 'IRCP'}]},
          reference: {type: 'Organization', identifier: {system: `${NS}organization`, value: to}}})),
        purpose: tables['consent-purpose'].get(consent.scope).map(plain), data: [{meaning: 'related', reference: encounter}]}});
  }
}

async function byJsonata() {
  const jsonata = require('jsonata');
  const expression = jsonata(fs.readFileSync(path.join(__dirname, 'hospital.jsonata'), 'utf8'));
  expression.registerFunction('zoned', zoned);
  expression.registerFunction('uid', uid);
  expression.registerFunction('concept', concept);
  expression.registerFunction('first', first);
  const classes = Object.fromEntries([...tables['encounter-class']].map(([code, rows]) => [code, plain(rows[0])]));
  const purposes = Object.fromEntries([...tables['consent-purpose']].map(([code, rows]) => [code, rows.map(plain)]));
  const bindings = {classes, purposes, substances: SUBSTANCES};
  return record => expression.evaluate(record, bindings);
}

// Resources with names of their places for ids, members sorted.
function comparable(resources) {
  const names = {};
  resources.forEach((resource, i) => { names[`urn:uuid:${resource.id}`] = `${resource.resourceType}#${i}`; });
  const sorted = value => Array.isArray(value) ? value.map(sorted) : value === null || typeof value !== 'object' ? names[value] || value :
    Object.fromEntries(Object.keys(value).filter(name => value[name] !== undefined).sort().map(name => [name, sorted(value[name])]));
  return resources.map(resource => JSON.stringify({...sorted(resource), id: ''}));
}

async function main() {
  const map = peer === 'js' ? byHand : await byJsonata();
  const records = JSON.parse(fs.readFileSync(path.join(folder, 'samples/hospital_discharge.json'), 'utf8')).discharges;
  const wanted = fs.readFileSync(bundles, 'utf8').trim().split('\n').map(line => JSON.parse(line)).filter(bundle => bundle.type === 'transaction');
  for (let i = 0; i < records.length; ++i) {
    const made = comparable(JSON.parse(JSON.stringify(await map(records[i])))), expected = comparable(wanted[i].entry.map(entry => entry.resource));
    for (let j = 0; j < Math.max(made.length, expected.length); ++j)
      if (made[j] !== expected[j]) throw new Error(`record ${i}, resource ${j}: the peer makes something else\n${made[j]}\n${expected[j]}`);
  }
  const texts = records.map(record => JSON.stringify(record));
  let bytes = 0;
  const round = async () => { for (const text of texts) for (const resource of await map(JSON.parse(text))) bytes += JSON.stringify(resource).length; };
  const rate = async milliseconds => {
    let count = 0;
    const begin = process.cpuUsage();
    for (;;) {
      await round();
      count += texts.length;
      const used = process.cpuUsage(begin);
      if (used.user + used.system > milliseconds * 1000) return count / ((used.user + used.system) / 1e6);
    }
  };
  await rate(1500);
  console.log(Math.round(await rate(3000)));
}
main().catch(error => { console.error(error.message); process.exit(1); });
