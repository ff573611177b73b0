'use strict';
const evaluation = JSON.parse(document.getElementById('evaluation').textContent);
const number = n => n.toLocaleString('en-GB');
const percent = share => share > 0.9999 && share < 1 ? '99.99 %' : (share * 100).toFixed(2).replace(/\.?0+$/, '') + ' %';
const words = name => name.replace(/([A-Z])/g, ' $1').replaceAll('-', ' ').toLowerCase();
const span = s => s >= 3600 ? `${Math.floor(s / 3600)} h ${Math.round(s % 3600 / 60)} min` : s >= 60 ? `${Math.round(s / 60)} min` : s >= 1 || s === 0 ? `${Math.round(s * 10) / 10} s` : `${(s * 1000).toFixed(1)} ms`;
const dark = matchMedia('(prefers-color-scheme: dark)').matches;
const colours = { agrees: '#3a9d6b', held: '#3b6fd4', rule: '#7fa7ee', converging: '#c3cad6', bad: '#d0453b', 'false-hold': '#e39b2d', 'missed-conflict': '#d0453b', 'wrong-value': '#8e44ad', early: '#e3c62d', late: '#8d99a9', other: '#555f6d' };
Chart.defaults.color = dark ? '#c5cedb' : '#43505f';
Chart.defaults.borderColor = dark ? '#2d3743' : '#e6eaf0';
Chart.defaults.font.family = 'system-ui, sans-serif';
Chart.defaults.animation = false;
Chart.defaults.maintainAspectRatio = false;

function element(parent, name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    parent.append(made);
    return made;
}

function card(title, figure, meaning, good) {
    const box = element(document.getElementById('cards'), 'div', undefined, 'card');
    element(box, 'h2', title);
    element(box, 'div', figure, 'figure ' + (good === undefined ? '' : good ? 'good' : 'bad'));
    element(box, 'p', meaning);
}

const { timeToLedger: time, agreement, conflicts, reordering } = evaluation;
const shown = conflicts.conflicts === 0 && conflicts.silentlyOverwritten === 0
    ? 1 : conflicts.conflicts / (conflicts.conflicts + conflicts.silentlyOverwritten);
document.getElementById('run').textContent = `${number(evaluation.worlds)} generated worlds from seed ${evaluation.seed}: ${number(evaluation.artifacts)} artifacts, ${number(evaluation.notifications)} notifications; policy ${evaluation.policy.version}.`;
card('Time to the package', span(time.handedOffSeconds.median), `median, from the first conflicting notification; the ledger shows the conflict after ${span(time.visibleSeconds.p95)} (95 of 100), with ${span(time.workSeconds.median)} of work`);
card('Agreement', percent(agreement.atTheEnd.share), `with what a perfect steward accepts, when all has arrived; ${percent(agreement.always.share)} at every instant`, agreement.atTheEnd.share > 0.999);
card('Conflicts in sight', percent(shown), `${number(conflicts.silentlyOverwritten)} overwritten silently; ${number(conflicts.held)} fields held, ${number(conflicts.resolvedByRule)} decided by a named rule`, conflicts.silentlyOverwritten === 0);
card('Reliability', reordering.distinctHashesPerWorld === 1 ? '100 %' : percent(1 - reordering.worldsWithSeveral.length / evaluation.worlds), `${number(reordering.runs)} runs in orders of their own; at most ${reordering.distinctHashesPerWorld} distinct result${reordering.distinctHashesPerWorld === 1 ? '' : 's'} per world`, reordering.distinctHashesPerWorld === 1);

new Chart(document.getElementById('time'), {
    type: 'bar',
    data: { labels: time.handedOffHistogram.map(b => b.until), datasets: [{ data: time.handedOffHistogram.map(b => b.artifacts), backgroundColor: colours.held, categoryPercentage: 1, barPercentage: 0.92 }] },
    options: { plugins: { legend: { display: false } }, scales: { x: { grid: { display: false }, title: { display: true, text: 'at most' } }, y: { title: { display: true, text: 'artifacts' }, ticks: { precision: 0 } } } },
});

const kinds = ['false-hold', 'missed-conflict', 'wrong-value', 'early', 'late', 'other'];
const fields = Object.entries(agreement.always.fields).sort((a, b) => a[1].share - b[1].share || a[0].localeCompare(b[0]));
const sum = f => Object.entries(f).filter(([k]) => k !== 'share').reduce((s, [, n]) => s + n, 0) || 1;
new Chart(document.getElementById('fields'), {
    type: 'bar',
    data: {
        labels: fields.map(([name]) => name),
        datasets: ['agrees', ...kinds].map(kind => ({ label: words(kind), backgroundColor: colours[kind], data: fields.map(([, f]) => 100 * f[kind] / sum(f)) })),
    },
    options: {
        indexAxis: 'y',
        plugins: { legend: { position: 'bottom', labels: { boxWidth: 12 } }, tooltip: { callbacks: { label: c => `${c.dataset.label}: ${c.parsed.x.toFixed(3)} %` } } },
        scales: { x: { stacked: true, min: 0, max: 100, ticks: { callback: v => v + ' %' } }, y: { stacked: true, grid: { display: false }, ticks: { autoSkip: false, font: { size: 11 } } } },
    },
});

new Chart(document.getElementById('conflicts'), {
    type: 'bar',
    data: {
        labels: ['held', 'decided by a rule', 'converging', 'silently overwritten'],
        datasets: [{ data: [conflicts.held, conflicts.resolvedByRule, conflicts.converging, conflicts.silentlyOverwritten], backgroundColor: [colours.held, colours.rule, colours.converging, colours.bad] }],
    },
    options: { indexAxis: 'y', plugins: { legend: { display: false } }, scales: { x: { ticks: { precision: 0 }, title: { display: true, text: 'fields' } }, y: { grid: { display: false } } } },
});

new Chart(document.getElementById('drifts'), {
    type: 'bar',
    data: {
        labels: evaluation.artifactsByDrift.map(d => words(d.drift)),
        datasets: [
            { label: 'on reconciliation hold', data: evaluation.artifactsByDrift.map(d => d.onHold), backgroundColor: colours.held },
            { label: 'settled', data: evaluation.artifactsByDrift.map(d => d.artifacts - d.onHold), backgroundColor: colours.agrees },
        ],
    },
    options: { indexAxis: 'y', plugins: { legend: { position: 'bottom', labels: { boxWidth: 12 } } }, scales: { x: { stacked: true, ticks: { precision: 0 }, title: { display: true, text: 'artifacts' } }, y: { stacked: true, grid: { display: false }, ticks: { autoSkip: false } } } },
});

function row(parent, cells, tag = 'td') {
    const line = element(parent, 'tr');
    cells.forEach((cell, i) => element(line, tag, cell, i > 0 && parent.id === 'figures' ? 'number' : ''));
}

const figures = document.getElementById('figures');
row(figures, ['field comparisons', 'agree', ...kinds.map(words), 'share'], 'th');
for (const [name, a] of [['when all has arrived', agreement.atTheEnd], ['at every instant', agreement.always]]) {
    row(figures, [name, number(a.agrees), ...kinds.map(k => number(a[k])), percent(a.share)]);
}

if (evaluation.conflicts.overwrites.length > 0) {
    const overwrites = document.getElementById('overwrites');
    element(overwrites, 'h2', 'Overwritten silently');
    element(overwrites, 'p', 'Fields of which a ledger shows a value, and hides that sources differ: each is a defect.');
    const table = element(overwrites, 'table');
    row(table, ['seed', 'artifact', 'field', 'drifts'], 'th');
    for (const o of evaluation.conflicts.overwrites.slice(0, 60)) {
        row(table, [String(o.seed), o.tuple, o.field, o.drifts.map(words).join(', ')]);
    }
}

const differences = document.getElementById('differences');
element(differences, 'h2', 'Differences between ledger and steward');
if (evaluation.differences.length === 0) {
    element(differences, 'p', 'None.');
} else {
    element(differences, 'p', 'The first of each kind per artifact. To see a world again: evaluate --worlds 1 --seed SEED');
    const table = element(differences, 'table');
    row(table, ['seed', 'field', 'kind', 'at', 'ledger', 'steward', 'drifts'], 'th');
    for (const d of evaluation.differences.slice(0, 60)) {
        row(table, [String(d.seed), d.field, words(d.agreement), d.at, d.ledger, d.steward, d.drifts.map(words).join(', ')]);
    }
}
