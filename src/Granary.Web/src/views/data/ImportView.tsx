import { can } from '../../api/caller';
import { json, type Schemas } from '../../api/client';
import { useQuery, useRepeated } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { Empty, Failed, Loaded } from '../../components/States';
import { Wrong } from '../../components/Wrong';
import { ShortTable } from '../../components/ShortTable';
import { number } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { JobForm } from '../jobs/JobForm';
import { useKinds } from '../jobs/kinds';
import './data.css';

type Job = Schemas['JobStatus'];

/** Bar files into a store: choose files, say what they are, follow the job. */
export default function ImportView() {
    useTitle('Import');
    const {
        search: { job },
        set,
    } = useSearch();
    const kinds = useKinds();
    return (
        <>
            <p class="eyebrow">
                <a href="/data">Data</a>
            </p>
            <h1>Import files</h1>
            <p class="lead">
                Each row is checked, and its bars go into a store. Importing the same file again changes nothing; a file with other values
                replaces them, and the result says how many. Without a symbol, each file’s name begins with its symbol.
            </p>
            {can('submitter') ? (
                <Loaded query={kinds}>
                    {(all) => (
                        <JobForm
                            kind="import"
                            schema={all.find((k) => k.name === 'import')?.schema ?? {}}
                            action="Import"
                            initial={{ store: 'bars' }}
                            skip={['symbolFrom']}
                            // Without a symbol, it is the beginning of each file's name.
                            complete={(value) => (value.symbol === undefined ? { ...value, symbolFrom: 'name' } : value)}
                            onStarted={(started) => set({ job: started.id })}
                        />
                    )}
                </Loaded>
            ) : (
                <Empty title="Your key may not import">
                    <p>Imports need a key of the role submitter or admin. Choose Key in the header to enter one.</p>
                </Empty>
            )}
            {job && <Progress id={job} />}
        </>
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
    const loaded = useQuery(`job ${props.id}`, () => json<Job>(`/jobs/${encodeURIComponent(props.id)}`));
    const job = loaded.data;
    const ended = job?.state === 'done' || job?.state === 'failed';
    useRepeated(loaded, !ended);
    const hasResult = ended && job.files?.includes('result.json') === true;
    const result = useQuery(hasResult ? `import ${props.id}` : null, () =>
        json<Result>(`/jobs/${encodeURIComponent(props.id)}/files/result.json`),
    );
    if (!job) return loaded.problem ? <Failed problem={loaded.problem} retry={loaded.reload} /> : null;
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
                <a class="button primary" href="/batches/new">
                    New batch
                </a>
            </div>
        </>
    );
}
