import { json, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Pairs } from '../../components/Pairs';
import { Failed, Loading } from '../../components/States';
import { ShortTable } from '../../components/ShortTable';
import { counted, number, percent } from '../../format/numbers';
import { time } from '../../format/times';
import { ParityDays } from '../deployments/ParityDays';
import { runPath } from '../runs/run';
import type { Job } from './job';

type Value = null | string | number | boolean | Value[] | { [key: string]: Value };
type Row = { [key: string]: Value };

const isRow = (v: Value | undefined): v is Row => typeof v === 'object' && v !== null && !Array.isArray(v);
const rowOf = (v: Value | undefined): Row => (isRow(v) ? v : {});
const listOf = (v: Value | undefined): Value[] => (Array.isArray(v) ? v : []);
const numberOf = (v: Value | undefined): number => (typeof v === 'number' ? v : 0);
const sum = (rows: Value[], key: string) => rows.reduce<number>((n, r) => n + numberOf(rowOf(r)[key]), 0);

/** The result of a job as a sentence; '' if the tables show everything. */
export function sentenceOf(kind: string, result: Value): string {
    const r = rowOf(result);
    if (kind === 'verify') {
        const causality = rowOf(r.causality);
        const [checked, found] = [numberOf(causality.strategies), listOf(causality.found).length + listOf(causality.factorsFound).length];
        const repeats =
            r.expected === r.actual
                ? 'The run was repeated with the same digest.'
                : listOf(r.dataChanged).length > 0
                  ? 'The run could not be repeated: its bars have changed.'
                  : 'The run could not be repeated: the digest differs.';
        const ahead =
            found === 0
                ? `No look-ahead in ${counted(checked, 'strategy', 'strategies')}.`
                : `${counted(found, 'case')} of look-ahead in ${counted(checked, 'strategy', 'strategies')}.`;
        return `${repeats} ${ahead}`;
    }
    if (kind === 'parity') {
        const days = listOf(r.days);
        return days.length === 0 ? 'No day to compare has ended.' : '';
    }
    if (kind === 'track') {
        const error = (of: Value | undefined) => percent(rowOf(of).trackingError as number | undefined);
        const outside = r.outOfSample ? `, and ${error(r.outOfSample)} on later periods` : '';
        return `${counted(listOf(r.support).length, 'name')} replicate the index with a tracking error of ${error(r.inSample)} a year${outside}.`;
    }
    if (kind === 'import') {
        const [files, faults] = [listOf(r.files), listOf(r.faults)];
        const failed = faults.length === 0 ? '' : ` ${counted(faults.length, 'market')} failed.`;
        return `${counted(files.length, 'file')}: ${counted(sum(files, 'added'), 'bar')} added, ${number(sum(files, 'replaced'))} replaced, ${number(sum(files, 'unchanged'))} unchanged.${failed}`;
    }
    if (kind === 'experiment' && Array.isArray(result))
        return `${counted(result.length, 'combination')} of trainer and label were compared, ${number(result.filter((t) => rowOf(t).error).length)} failed.`;
    if (kind === 'experiment') {
        const units = listOf(r.units);
        return `${counted(numberOf(r.fits), 'fit')}. A model was promoted for ${number(units.filter((u) => rowOf(u).promoted === true).length)} of ${counted(units.length, 'unit')}.`;
    }
    return '';
}

/** Converts meanReturn to "Mean return". */
const words = (key: string) => {
    const text = key.replace(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);
    return text.charAt(0).toUpperCase() + text.slice(1);
};

function textOf(v: Value | undefined): string {
    if (v === null || v === undefined || v === '') return '–';
    if (typeof v === 'boolean') return v ? 'yes' : 'no';
    if (typeof v === 'number') return Number.isInteger(v) ? number(v) : number(v, Math.abs(v) < 1 ? 4 : 2);
    if (typeof v === 'string') return /^\d{4}-\d\d-\d\dT/.test(v) ? time(v) : v;
    if (Array.isArray(v)) return v.every((i) => !isRow(i)) ? v.map(textOf).join(', ') || '–' : counted(v.length, 'row');
    return Object.entries(v)
        .filter(([, i]) => typeof i !== 'object')
        .map(([k, i]) => `${words(k)} ${textOf(i)}`)
        .join(', ');
}

const mostRows = 500;

/** A list of objects as a table; an object as pairs, with its lists and objects below. */
function Values(props: { name: string; value: Value }) {
    const { name, value } = props;
    if (Array.isArray(value)) {
        const rows: Row[] = value.slice(0, mostRows).map((v) => (isRow(v) ? v : { value: v }));
        const keys = [...new Set(rows.flatMap((r) => Object.keys(r)))].filter((k) => rows.some((r) => textOf(r[k]) !== '–'));
        if (keys.length === 0) return null;
        return (
            <>
                <h3>{name}</h3>
                <ShortTable
                    label={name}
                    rows={rows}
                    columns={keys.map((k) => ({
                        title: words(k),
                        figure: rows.every((r) => r[k] === null || r[k] === undefined || typeof r[k] === 'number'),
                        cell: (r: Row) => textOf(r[k]),
                        prose: rows.some((r) => textOf(r[k]).length > 40),
                    }))}
                />
                {value.length > mostRows && (
                    <p class="note">
                        The first {number(mostRows)} of {number(value.length)}; result.json has all.
                    </p>
                )}
            </>
        );
    }
    if (!isRow(value)) return <p>{textOf(value)}</p>;
    const isPart = (v: Value) => isRow(v) || (Array.isArray(v) && v.some(isRow));
    const single = Object.entries(value).filter(([, v]) => !isPart(v) && textOf(v) !== '–');
    return (
        <>
            {single.length > 0 && (
                <Pairs caption={name} pairs={single.map(([k, v]) => ({ name: words(k), value: <span class="prose">{textOf(v)}</span> }))} />
            )}
            {Object.entries(value)
                .filter(([, v]) => isPart(v))
                .map(([k, v]) => (
                    <Values key={k} name={words(k)} value={v} />
                ))}
        </>
    );
}

/** The result of a job without a run: a sentence, and figures in tables. */
export function Result(props: { job: Job }) {
    const { job } = props;
    const path = `/jobs/${encodeURIComponent(job.id)}/files/result.json`;
    const has = job.files?.includes('result.json');
    const result = useQuery(has ? `job/${job.id}/result` : null, () => json<Value>(path));
    if (!has) return null;
    if (result.data === undefined) return result.problem ? <Failed problem={result.problem} retry={result.reload} /> : <Loading />;
    const sentence = sentenceOf(job.kind ?? '', result.data);
    return (
        <section>
            <h2>Result</h2>
            {sentence && <p class="lead">{sentence}</p>}
            {(job.runs ?? []).map((id) => (
                <p key={id}>
                    Run: <a href={runPath(id)}>{id}</a>
                </p>
            ))}
            {job.kind === 'parity' ? <Compared result={result.data} /> : <Values name="Figures" value={result.data} />}
        </section>
    );
}

/** The days that a job has compared, and the way to all days of their deployments. */
function Compared(props: { result: Value }) {
    const { account, days } = props.result as unknown as { account: string; days: Schemas['ParityRecord'][] };
    const deployments = [...new Set(days.flatMap((d) => (d.deployment == null ? [] : [d.deployment])))];
    if (days.length === 0) return null;
    return (
        <>
            <ParityDays account={account} days={days} />
            {deployments.map((d) => (
                <p key={d}>
                    <a href={`/deployments/${d}`}>All days of deployment {d}</a>
                </p>
            ))}
        </>
    );
}
