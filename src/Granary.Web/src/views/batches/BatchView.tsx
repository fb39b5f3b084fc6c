import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take, type Schemas } from '../../api/client';
import { changed, faultsOf, serverFaults, type Fault, type JsonMap, type Schema } from '../../api/jsonSchema';
import { asProblem } from '../../api/problem';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Faults, SelectField } from '../../components/Field';
import { SchemaFields } from '../../components/SchemaFields';
import { Loaded } from '../../components/States';
import { counted } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { valuesIn } from '../jobs/JobForm';
import { isBatchKind, useKinds, type Kind } from '../jobs/kinds';
import { completed, example, formatBatch, gridSize, parameterFaults, parseBatch } from './batch';
import './batches.css';
import { BatchForm, type Offers } from './BatchForm';

interface Known extends Offers {
    text: string;
    /** The folder that relative paths start from; undefined for the server's data folder. */
    folder: string | undefined;
}

/** A batch file in a form and as text beside it: a change of one is a change of the other. */
export default function BatchView() {
    useTitle('New batch');
    const { search } = useSearch();
    const like = search.like;
    const kinds = useKinds();
    const known = useQuery(
        `new batch ${like ?? ''} ${search.source ?? ''} ${search.symbol ?? ''} ${search.timeframe ?? ''}`,
        async (): Promise<Known> => {
            const [schema, classes, sources, objectives, before] = await Promise.all([
                json<Schema>('/catalogue/schemas/batch'),
                take(api.GET('/api/v1/catalogue/strategies')),
                take(api.GET('/api/v1/data/sources')),
                json<Offers['objectives']>('/catalogue/objectives'),
                like ? json<{ spec: string; folder: string }>(`/runs/${encodeURIComponent(like)}/files/manifest.json`) : undefined,
            ]);
            const [first] = search.source
                ? [{ source: search.source, timeframe: search.timeframe ?? '1d', symbols: search.symbol ? [search.symbol] : [] }]
                : sources;
            return {
                text: before?.spec ?? (first ? example(first, search.symbol) : '{}'),
                folder: before?.folder,
                schema,
                classes,
                sources,
                objectives,
            };
        },
    );
    return (
        <>
            <h1>New batch</h1>
            <Loaded query={kinds} height={700}>
                {(all) => (
                    <Loaded query={known} height={700}>
                        {(found) => <Editor key={like} known={found} kinds={all.filter(isBatchKind)} />}
                    </Loaded>
                )}
            </Loaded>
        </>
    );
}

function Editor(props: { known: Known; kinds: Kind[] }) {
    const { known, kinds } = props;
    const { search, set } = useSearch();
    const kind = kinds.find((k) => k.name === (search.as ?? 'backtest'));
    const searches = kinds.find((k) => k.name === 'optimise');
    const [start] = useState(() => completedText(known.text, kind?.name ?? ''));
    const [text, setText] = useState(start.text);
    const [added, setAdded] = useState(start.added);
    const [folder, setFolder] = useState(known.folder);
    const [extra, setExtra] = useState<JsonMap>(() => (kind ? valuesIn(search, kind.schema) : {}));
    const [faults, setFaults] = useState<Fault[]>([]);
    const [busy, setBusy] = useState(false);
    const { route } = useLocation();
    const parsed = parseBatch(text);
    const more = Object.keys(kind?.schema.properties ?? {}).filter((key) => key !== 'batch');
    const change = (next: string) => {
        setText(next);
        setFaults([]);
    };
    const runAs = (as: string) => {
        set({ as });
        const next = completedText(text, as);
        if (next.text !== text) change(next.text);
        setAdded(next.added);
        setFaults([]);
    };
    const submit = async () => {
        const own = Object.fromEntries(Object.entries(extra).filter(([key]) => more.includes(key)));
        const value = parsed.value ?? {};
        const wrong = [
            ...faultsOf(known.schema, value),
            ...parameterFaults(value, known.classes),
            ...faultsOf(kind?.schema ?? {}, { ...own, batch: value }).filter((f) => more.includes(f.path)),
        ];
        setFaults(wrong);
        if (wrong.length > 0) return;
        setBusy(true);
        try {
            // The text goes as it is, so that lines in faults are its lines.
            const request = JSON.stringify({ kind: kind?.name, ...own }).slice(0, -1) + `,"batch":${text}\n}`;
            const query = folder === undefined ? '' : `&folder=${encodeURIComponent(folder)}`;
            const headers = { 'Content-Type': 'application/json' };
            const job = await json<Schemas['JobStatus']>(`/jobs?check=true${query}`, { method: 'POST', headers, body: request });
            route(`/jobs/${encodeURIComponent(job.id)}?then=results`);
        } catch (e) {
            setFaults(serverFaults(asProblem(e).message));
            setBusy(false);
        }
    };
    const drop = async (file: File | undefined) => {
        if (!file) return;
        change(await file.text());
        setFolder(undefined);
    };
    return (
        <div
            onDragOver={(e) => e.preventDefault()}
            onDrop={(e) => {
                e.preventDefault();
                void drop(e.dataTransfer?.files[0]);
            }}
        >
            <p class="lead">
                Fill in the form, or drop a batch file anywhere on this page. The server gets the text beside the form. It checks the text,
                the source and the symbols before it queues the job.
            </p>
            <div class="row fields">
                <SelectField
                    label="Run as"
                    value={kind?.name ?? ''}
                    hint={kind?.summary}
                    options={kinds.map((k) => ({ value: k.name, label: k.name }))}
                    onValue={runAs}
                />
            </div>
            {added.length > 0 && (
                <p class="notice calm">
                    A job of the kind {kind?.name} needs {added.join(' and ')}. The form added this; change it below or in the text.
                </p>
            )}
            {kind && (
                <SchemaFields
                    kind={kind.name}
                    schema={kind.schema}
                    value={extra}
                    faults={faults}
                    only={more}
                    onValue={(key, v) => setExtra((before) => changed(before, key, v))}
                />
            )}
            <div class="actions">
                <button
                    type="button"
                    class="primary"
                    disabled={busy || parsed.value === undefined || !can('submitter')}
                    onClick={() => void submit()}
                >
                    {busy ? 'Submitting …' : 'Run the batch'}
                </button>
                <label class="button">
                    Open a file
                    <input class="hidden" type="file" accept=".json,.jsonc" onChange={(e) => void drop(e.currentTarget.files?.[0])} />
                </label>
                {parsed.value && <span class="soft">{counted(gridSize(parsed.value), 'strategy', 'strategies')} on each market</span>}
            </div>
            {!can('submitter') && <p class="notice">Submitting a batch needs a key with the role submitter.</p>}
            <Faults faults={faults} />
            <div class="batch">
                <div>
                    {parsed.value ? (
                        <BatchForm
                            value={parsed.value}
                            known={known}
                            as={kind?.name ?? ''}
                            faults={faults}
                            canSearch={searches !== undefined}
                            onChange={(v) => change(formatBatch(v))}
                            onSearch={(v) => {
                                change(formatBatch(v));
                                set({ as: searches?.name ?? '' });
                            }}
                        />
                    ) : (
                        <p class="notice">{parsed.fault} Correct the text to use the form again.</p>
                    )}
                </div>
                <div class="field">
                    <label for="batch-text">Batch file (JSON; a change in the form removes comments)</label>
                    <textarea id="batch-text" class="code" spellcheck={false} value={text} onInput={(e) => change(e.currentTarget.value)} />
                </div>
            </div>
        </div>
    );
}

/** The text of a batch with what a kind of job needs; a text that is complete, or no JSON, stays as it is. */
function completedText(text: string, kind: string): { text: string; added: string[] } {
    const { value } = parseBatch(text);
    const { batch, added } = value ? completed(value, kind) : { batch: {}, added: [] };
    return { text: added.length > 0 ? formatBatch(batch) : text, added };
}
