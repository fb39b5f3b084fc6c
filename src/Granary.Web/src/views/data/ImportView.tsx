import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { json, type Schemas } from '../../api/client';
import { asProblem, type Problem } from '../../api/problem';
import { useEvents } from '../../api/useEvents';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { SelectField, TextField } from '../../components/Field';
import { Empty, Failed, Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';
import { number } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { FileDrop } from './FileDrop';
import './data.css';

type Job = Schemas['JobStatus'];

const timeframes = ['1m', '3m', '5m', '10m', '15m', '30m', '1h', '2h', '4h', '6h', '8h', '12h', '1d', '1w', '1mo'];
const zones = ['', 'UTC', 'America/New_York', 'Europe/London', 'Europe/Berlin', 'Asia/Tokyo', 'Asia/Hong_Kong'];

/** Bar files into a store: choose files, say what they are, follow the job. */
export default function ImportView() {
    useTitle('Import');
    const {
        search: { job },
        set,
    } = useSearch();
    return (
        <>
            <p class="eyebrow">
                <a href="/data">Data</a>
            </p>
            <h1>Import files</h1>
            <p class="lead">
                Each row is checked, and its bars go into a store. Importing the same file again changes nothing; a file with other values
                replaces them, and the result says how many.
            </p>
            {can('submitter') ? (
                <Form onStarted={(id) => set({ job: id })} />
            ) : (
                <Empty title="Your key may not import">
                    <p>Imports need a key of the role submitter or admin. Choose Key in the header to enter one.</p>
                </Empty>
            )}
            {job && <Progress id={job} />}
        </>
    );
}

function Form(props: { onStarted: (job: string) => void }) {
    const [files, setFiles] = useState('');
    const [store, setStore] = useState('bars');
    const [symbol, setSymbol] = useState('');
    const [timeframe, setTimeframe] = useState('1d');
    const [stamp, setStamp] = useState('open');
    const [timeZone, setTimeZone] = useState('');
    const [problem, setProblem] = useState<Problem>();
    const [busy, setBusy] = useState(false);
    const names = files.split('\n').flatMap((f) => (f.trim() === '' ? [] : [f.trim()]));
    const submit = async (e: Event) => {
        e.preventDefault();
        setBusy(true);
        setProblem(undefined);
        try {
            const job = await json<Job>('/jobs', {
                method: 'POST',
                headers: { 'Content-Type': 'application/json' },
                body: JSON.stringify({
                    kind: 'import',
                    files: names,
                    store,
                    timeframe,
                    stamp,
                    ...(symbol === '' ? { symbolFrom: 'name' } : { symbol }),
                    ...(timeZone === '' ? {} : { timeZone }),
                }),
            });
            props.onStarted(job.id);
        } catch (fault) {
            setProblem(asProblem(fault));
        }
        setBusy(false);
    };
    return (
        <form class="card" onSubmit={(e) => void submit(e)}>
            <FileDrop onFiles={(added) => setFiles([...names, ...added].join('\n'))} />
            <div class="field">
                <label for="files">Files in the data folder, one in each line; * stands for any letters</label>
                <textarea
                    id="files"
                    class="code"
                    rows={3}
                    value={files}
                    placeholder="downloads/BTCUSDT.csv"
                    onInput={(e) => setFiles(e.currentTarget.value)}
                />
            </div>
            <div class="row">
                <TextField label="Symbol" value={symbol} onValue={setSymbol} hint="Empty: the beginning of each file's name" />
                <SelectField
                    label="Bars of"
                    value={timeframe}
                    options={timeframes.map((t) => ({ value: t, label: t }))}
                    onValue={setTimeframe}
                />
                <TextField label="Store" value={store} onValue={setStore} hint="A folder of the data folder; made where missing" required />
            </div>
            <div class="row">
                <SelectField
                    label="The file's times are those of"
                    value={stamp}
                    options={[
                        { value: 'open', label: 'the bar’s open' },
                        { value: 'close', label: 'the bar’s close' },
                    ]}
                    onValue={setStamp}
                />
                <SelectField
                    label="in the time zone"
                    value={timeZone}
                    options={zones.map((z) => ({ value: z, label: z === '' ? 'of the format' : z }))}
                    onValue={setTimeZone}
                />
            </div>
            <Wrong>{problem?.message}</Wrong>
            <div class="actions">
                <button type="submit" class="primary" disabled={busy || names.length === 0 || store === ''}>
                    Import
                </button>
                {names.length === 0 && <span class="soft">Choose at least one file.</span>}
            </div>
        </form>
    );
}

interface Result {
    files: {
        file: string;
        format: string;
        symbol: string;
        timeframe: string;
        read: number;
        added: number;
        replaced: number;
        unchanged: number;
        skippedRows: number;
        notes: string[];
    }[];
    faults: string[];
}

function Progress(props: { id: string }) {
    const first = useQuery(`job ${props.id}`, () => json<Job>(`/jobs/${encodeURIComponent(props.id)}`));
    const [latest, setLatest] = useState<Job>();
    useEvents(`/jobs/${encodeURIComponent(props.id)}/events`, (e) => setLatest(JSON.parse(e.data) as Job));
    const job = latest?.id === props.id ? latest : first.data;
    const ended = job?.state === 'done' || job?.state === 'failed';
    const hasResult = ended && job.files?.includes('result.json') === true;
    const result = useQuery(hasResult ? `import ${props.id}` : null, () =>
        json<Result>(`/jobs/${encodeURIComponent(props.id)}/files/result.json`),
    );
    if (!job) return first.problem ? <Failed problem={first.problem} retry={first.reload} /> : null;
    return (
        <section aria-live="polite">
            <h2>
                Import <Badge kind={job.state === 'done' ? 'yes' : job.state === 'failed' ? 'no' : 'wait'}>{job.state}</Badge>
            </h2>
            <Wrong>{job.fault}</Wrong>
            {!ended && <p class="soft">{job.progress?.stage ?? 'The job waits for its turn.'}</p>}
            {hasResult && (
                <Loaded query={result} height={120}>
                    {(r) => <Imported result={r} />}
                </Loaded>
            )}
        </section>
    );
}

function Imported(props: { result: Result }) {
    return (
        <>
            <ShortTable
                label="Imported files"
                rows={props.result.files}
                columns={[
                    { title: 'File', cell: (f) => f.file },
                    { title: 'Symbol', cell: (f) => f.symbol },
                    { title: 'Format', cell: (f) => f.format },
                    { title: 'Bars read', figure: true, cell: (f) => number(f.read) },
                    { title: 'New', figure: true, cell: (f) => number(f.added) },
                    { title: 'Replaced', figure: true, cell: (f) => number(f.replaced) },
                    { title: 'Known', figure: true, cell: (f) => number(f.unchanged) },
                    { title: 'Rows left out', figure: true, cell: (f) => number(f.skippedRows) },
                ]}
            />
            {props.result.files
                .flatMap((f) => f.notes)
                .map((n) => (
                    <p key={n} class="notice">
                        {n}
                    </p>
                ))}
            <div class="actions">
                <a class="button" href="/data">
                    See the markets
                </a>
            </div>
        </>
    );
}
