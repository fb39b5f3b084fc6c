import { useLocation } from 'preact-iso';
import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, json, take } from '../../api/client';
import { asProblem } from '../../api/problem';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { SelectField, TextField } from '../../components/Field';
import { Failed, Loading } from '../../components/States';
import { counted } from '../../format/numbers';
import { useTitle } from '../../layout/title';
import { at, example, formatBatch, gridSize, parseBatch, placeOf, put, textOf, valuesOf, type Json, type JsonMap } from './batch';
import './batches.css';
import { StrategyEntry } from './StrategyEntry';

interface Source {
    text: string;
    /** The folder that relative paths start from; undefined for the server's data folder. */
    folder: string | undefined;
}

/** A batch file in a form and as text beside it: a change of one is a change of the other. */
export default function BatchView() {
    useTitle('New batch');
    const { search } = useSearch();
    const like = search.like;
    const before = useQuery(like ? `batch/like/${like}` : null, async (): Promise<Source> => {
        const manifest = await json<{ spec: string; folder: string }>(`/runs/${encodeURIComponent(like ?? '')}/files/manifest.json`);
        return { text: manifest.spec, folder: manifest.folder };
    });
    if (like && before.problem) return <Failed problem={before.problem} retry={before.reload} />;
    if (like && !before.data) return <Loading height={700} />;
    return <Editor key={like} source={before.data ?? { text: example, folder: undefined }} />;
}

function Editor(props: { source: Source }) {
    const [text, setText] = useState(props.source.text);
    const [folder, setFolder] = useState(props.source.folder);
    const [problem, setProblem] = useState<{ line: number | undefined; path: string | undefined; sentence: string }>();
    const [busy, setBusy] = useState(false);
    const { route } = useLocation();
    const parsed = parseBatch(text);
    const change = (next: string) => {
        setText(next);
        setProblem(undefined);
    };
    const submit = async () => {
        setBusy(true);
        setProblem(undefined);
        try {
            const query = folder === undefined ? {} : { folder };
            const job = await take(
                api.POST('/api/v1/batches', { params: { query }, body: text as never, bodySerializer: (b) => b as never }),
            );
            route(`/jobs/${encodeURIComponent(job.id)}?then=results`);
        } catch (e) {
            setProblem(placeOf(asProblem(e).message));
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
            <h1>New batch</h1>
            <p class="lead">
                Fill in the form, or drop a batch file anywhere on this page. The text beside the form is what the server gets.
            </p>
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
            {problem && (
                <p class="notice wrong" role="alert">
                    {problem.path && <b>{problem.path}: </b>}
                    {problem.line && !problem.path && <b>Line {problem.line}: </b>}
                    {problem.sentence}
                </p>
            )}
            <div class="batch">
                <div>
                    {parsed.value ? (
                        <Form value={parsed.value} fault={problem} onChange={(v) => change(formatBatch(v))} />
                    ) : (
                        <p class="notice">{parsed.fault} Correct the text, and the form is back.</p>
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

function Form(props: {
    value: JsonMap;
    fault: { path: string | undefined; sentence: string } | undefined;
    onChange: (value: JsonMap) => void;
}) {
    const { fault, onChange } = props;
    const classes = useQuery('catalogue/strategies', () => take(api.GET('/api/v1/catalogue/strategies')));
    // Several changes in one event each begin with what the one before made.
    let value = props.value;
    const set = (path: (string | number)[], next: Json | undefined) => {
        value = put(value, path, next);
        onChange(value);
    };
    const faultAt = (path: string) =>
        fault?.path !== undefined && (fault.path === path || fault.path.startsWith(`${path}.`) || fault.path.startsWith(`${path}[`))
            ? fault.sentence
            : undefined;
    const text = (label: string, path: string[], hint?: string, placeholder?: string) => (
        <TextField
            label={label}
            value={textOf(at(value, path))}
            hint={hint}
            placeholder={placeholder}
            fault={faultAt(path.join('.'))}
            onValue={(v) => set(path, v === '' ? undefined : v)}
        />
    );
    const amount = (label: string, path: string[], placeholder?: string) => (
        <TextField
            label={label}
            type="number"
            min={0}
            step="any"
            value={textOf(at(value, path))}
            placeholder={placeholder}
            fault={faultAt(path.join('.'))}
            onValue={(v) => set(path, v === '' ? undefined : Number(v))}
        />
    );
    const entries = Array.isArray(value.strategies) ? value.strategies : [];
    const weights = at(value, ['portfolio', 'weights']);
    return (
        <form onSubmit={(e) => e.preventDefault()}>
            {text('Name', ['name'])}
            <fieldset>
                <legend>Data</legend>
                {text('Source', ['data', 'source'], 'csv:FOLDER, store:FOLDER, postgres://… or questdb://…')}
                <div class="row">
                    <TextField
                        label="Symbols"
                        value={textOf(at(value, ['data', 'symbols']))}
                        hint="* for all, or several with commas"
                        fault={faultAt('data.symbols')}
                        onValue={(v) =>
                            set(
                                ['data', 'symbols'],
                                v.includes(',') ? (valuesOf(v) as Json) : v.trim() === '' ? undefined : v.trim() === '*' ? '*' : [v.trim()],
                            )
                        }
                    />
                    {text('Timeframe', ['data', 'timeframe'], 'as 1m, 1h, 1d')}
                    <TextField
                        label="From"
                        type="date"
                        value={textOf(at(value, ['data', 'from'])).slice(0, 10)}
                        fault={faultAt('data.from')}
                        onValue={(v) => set(['data', 'from'], v === '' ? undefined : v)}
                    />
                    <TextField
                        label="To, left out"
                        type="date"
                        value={textOf(at(value, ['data', 'to'])).slice(0, 10)}
                        fault={faultAt('data.to')}
                        onValue={(v) => set(['data', 'to'], v === '' ? undefined : v)}
                    />
                </div>
            </fieldset>
            <fieldset>
                <legend>Account and costs</legend>
                <div class="row">
                    {amount('Cash, account currency', ['account', 'cash'], '100000')}
                    {amount('Commission, % a side', ['execution', 'commissionPercent'], '0')}
                    {amount('Slippage, %', ['execution', 'slippagePercent'], '0')}
                </div>
            </fieldset>
            {classes.problem && <Failed problem={classes.problem} retry={classes.reload} />}
            {entries.map((entry, i) => (
                <StrategyEntry
                    key={i}
                    index={i}
                    entry={entry}
                    classes={classes.data ?? []}
                    faultAt={faultAt}
                    onPut={set}
                    onRemove={entries.length > 1 ? () => set(['strategies', i], undefined) : undefined}
                />
            ))}
            <div class="actions">
                <button
                    type="button"
                    onClick={() =>
                        set(['strategies', entries.length], { class: classes.data?.[0]?.name ?? 'SmaCross', size: { percentOfEquity: 10 } })
                    }
                >
                    Add a strategy
                </button>
            </div>
            <fieldset>
                <legend>Portfolio</legend>
                <div class="row">
                    <SelectField
                        label="Weights"
                        value={typeof weights === 'string' ? weights : 'own'}
                        fault={faultAt('portfolio.weights')}
                        options={[
                            ...['winners', 'equal', 'matching-pursuit', 'regime', 'ppo'].map((v) => ({ value: v, label: v })),
                            ...(typeof weights === 'string'
                                ? []
                                : [{ value: 'own', label: weights === undefined ? 'not set' : 'of its own' }]),
                        ]}
                        onValue={(v) => v !== 'own' && set(['portfolio', 'weights'], v)}
                    />
                    {amount('Most gross exposure, %', ['portfolio', 'limits', 'maxGrossPercent'])}
                    {amount('Most in one symbol, %', ['portfolio', 'limits', 'maxSymbolPercent'])}
                    {amount('Most positions', ['portfolio', 'limits', 'maxPositions'])}
                </div>
            </fieldset>
        </form>
    );
}
