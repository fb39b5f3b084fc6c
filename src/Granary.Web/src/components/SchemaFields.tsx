import { useState } from 'preact/hooks';
import { api, json, take } from '../api/client';
import { faultAt, plainJson, textOf, type Fault, type Json, type JsonMap, type Schema } from '../api/jsonSchema';
import { asProblem } from '../api/problem';
import { useQuery } from '../api/useQuery';
import { completed, resolved } from '../views/batches/batch';
import { SelectField, TextArea, TextField } from './Field';
import { FileDrop } from './FileDrop';
import { RunsField } from './PickField';

const zones = ['UTC', 'America/New_York', 'America/Chicago', 'Europe/London', 'Europe/Berlin', 'Asia/Tokyo', 'Asia/Hong_Kong'];

/** Form fields for an object, from its schema: names, types, ranges, defaults and enumeration values. */
export function SchemaFields(props: {
    /** The kind of job whose request the object is; it says which runs it can take. */
    kind?: string;
    schema: Schema;
    value: JsonMap;
    faults: Fault[];
    /** The path of the object in the faults. */
    path?: string;
    /** Shows only these keys. */
    only?: readonly string[];
    /** Leaves these keys out. */
    skip?: readonly string[];
    onValue: (key: string, value: Json | undefined) => void;
}) {
    const keys = Object.keys(props.schema.properties ?? {}).filter(
        (key) => props.only?.includes(key) !== false && props.skip?.includes(key) !== true,
    );
    const required = (key: string) => props.schema.required?.includes(key) === true;
    const isCheck = (key: string) => props.schema.properties?.[key]?.type === 'boolean';
    // Required fields come first.
    const sorted = [...keys.filter(required), ...keys.filter((k) => !required(k))];
    return (
        <div class="row fields">
            {sorted.map((key) => (
                <SchemaField
                    key={key}
                    kind={props.kind ?? ''}
                    name={key}
                    label={labelOf(key) + (required(key) || !props.schema.required || isCheck(key) ? '' : ' (optional)')}
                    schema={props.schema.properties?.[key] ?? {}}
                    value={props.value[key]}
                    fault={faultAt(props.faults, props.path ? `${props.path}.${key}` : key)}
                    onValue={(v) => props.onValue(key, v)}
                />
            ))}
        </div>
    );
}

/** Converts a key to words: maxStocks to "Max stocks". */
export function labelOf(key: string): string {
    const words = key.replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`);
    return words.charAt(0).toUpperCase() + words.slice(1);
}

interface FieldProps {
    kind: string;
    name: string;
    label: string;
    schema: Schema;
    value: Json | undefined;
    fault: string | undefined;
    onValue: (value: Json | undefined) => void;
}

function SchemaField({ kind, name, label, schema, value, fault, onValue }: FieldProps) {
    // If a value has several forms, the field edits the first one.
    const form = schema.anyOf?.[0] ?? schema.oneOf?.[0] ?? schema;
    const many = form.type === 'array';
    const { format, type, minimum, maximum } = many ? (form.items ?? {}) : form;
    const about = { label, hint: hintOf(schema, form), fault };
    const usual = textOf(schema.default);
    if (type === 'boolean')
        return (
            <div class="field">
                <label class="check">
                    <input type="checkbox" checked={value === true} onChange={(e) => onValue(e.currentTarget.checked ? true : undefined)} />
                    {label}
                </label>
                <span class={fault ? 'fault' : 'hint'}>{fault ?? about.hint}</span>
            </div>
        );
    if (form.enum)
        return (
            <SelectField
                {...about}
                value={textOf(value)}
                options={[
                    { value: '', label: usual === '' ? 'Choose' : `${usual} (default)` },
                    ...form.enum.filter((w) => w !== schema.default).map((w) => ({ value: textOf(w), label: textOf(w) })),
                ]}
                onValue={(v) => onValue(v === '' ? undefined : v)}
            />
        );
    if (type === 'integer' || type === 'number')
        return (
            <TextField
                {...about}
                type="number"
                min={minimum}
                max={maximum}
                step={type === 'integer' ? 1 : 'any'}
                value={textOf(value)}
                placeholder={usual}
                onValue={(v) => onValue(v === '' ? undefined : Number(v))}
            />
        );
    const list = Array.isArray(value) ? value.map(textOf) : value === undefined ? [] : [textOf(value)];
    const setList = (next: string[]) => onValue(next.length === 0 ? undefined : many ? next : next[0]);
    if (format === 'run')
        return (
            <div class="wide">
                <RunsField {...about} kind={kind} name={name} value={list} many={many} onValue={setList} />
            </div>
        );
    if (format === 'file') return <FileField {...about} value={list} many={many} onValue={setList} />;
    if (format === 'batch') return <BatchField {...about} kind={kind} value={value} onValue={onValue} />;
    if (type === 'object') return <ObjectField {...about} value={value} onValue={onValue} />;
    return <WordField {...about} format={format} examples={schema.examples} value={textOf(value)} usual={usual} onValue={onValue} />;
}

function hintOf(schema: Schema, form: Schema): string | undefined {
    const { minimum } = form;
    // The largest whole number of JSON is no limit that a user could mean.
    const maximum = form.maximum === Number.MAX_SAFE_INTEGER ? undefined : form.maximum;
    const range =
        minimum !== undefined && maximum !== undefined ? `${minimum} to ${maximum}` : minimum !== undefined ? `At least ${minimum}` : '';
    const text = schema.description ?? form.description ?? '';
    // A command keeps its name.
    const sentence =
        (text.startsWith('granary ') ? text : text.charAt(0).toUpperCase() + text.slice(1)) +
        (text === '' || /[.…]$/.test(text) ? '' : '.');
    return [sentence, range && `${range}.`].filter(Boolean).join(' ') || undefined;
}

const stores = () => take(api.GET('/api/v1/data'));
const sources = () => take(api.GET('/api/v1/data/sources'));
const none = () => Promise.resolve<string[]>([]);

/** The values that exist, by the format of a text. */
const offers: Record<string, () => Promise<string[]>> = {
    store: async () => (await stores()).map((s) => s.store),
    symbol: async () => (await stores()).flatMap((s) => s.markets.map((m) => m.symbol)),
    source: async () => (await sources()).map((s) => s.source),
    folder: async () => (await sources()).flatMap((s) => (s.source.startsWith('csv:') ? [s.source.slice(4)] : [])),
    'bar-file': async () => (await take(api.GET('/api/v1/data/files'))).items.map((f) => f.file),
    account: async () => (await take(api.GET('/api/v1/sessions'))).map((s) => s.id),
};

interface About {
    label: string;
    hint: string | undefined;
    fault: string | undefined;
}

function WordField(
    props: About & {
        format: string | undefined;
        examples: Json[] | undefined;
        value: string;
        usual: string;
        onValue: (value: Json | undefined) => void;
    },
) {
    const { format, examples, usual, onValue, ...about } = props;
    const offered = useQuery(format && offers[format] ? `offers ${format}` : null, offers[format ?? ''] ?? none);
    const choices = format === 'time-zone' ? zones : offered.data ? [...new Set(offered.data)] : examples?.map(textOf);
    return (
        <TextField
            {...about}
            type={format === 'iso-8601' ? 'datetime-local' : format === 'date' ? 'date' : 'text'}
            placeholder={usual}
            choices={choices}
            onValue={(v) => onValue(v === '' ? undefined : v)}
        />
    );
}

/** Files of the data folder: uploaded here, chosen among the uploads, or typed. */
function FileField(props: About & { value: string[]; many: boolean; onValue: (value: string[]) => void }) {
    const { value, many, onValue, ...about } = props;
    const uploads = useQuery('uploads', () => take(api.GET('/api/v1/uploads')));
    const add = (paths: string[]) => {
        if (paths.length === 0) return;
        onValue(many ? [...value, ...paths.filter((p) => !value.includes(p))] : paths.slice(-1));
        uploads.reload();
    };
    return (
        <div class="wide">
            <FileDrop many={many} onFiles={add} />
            {many ? (
                <TextArea {...about} rows={3} value={value.join('\n')} onValue={(v) => onValue(v === '' ? [] : v.split('\n'))} />
            ) : (
                <TextField
                    {...about}
                    value={value[0] ?? ''}
                    choices={uploads.data?.map((u) => u.path) ?? []}
                    onValue={(v) => onValue(v === '' ? [] : [v])}
                />
            )}
        </div>
    );
}

/** Edits an object as JSON text. While the text is not valid JSON, the value is the text, which the schema refuses. */
function ObjectField(props: About & { value: Json | undefined; rows?: number; onValue: (value: Json | undefined) => void }) {
    const { value, onValue, rows, ...about } = props;
    const [text, setText] = useState(value === undefined ? '' : JSON.stringify(value, null, 2));
    const change = (next: string) => {
        setText(next);
        try {
            onValue(next.trim() === '' ? undefined : (JSON.parse(next) as Json));
        } catch {
            onValue(next);
        }
    };
    return (
        <div class="wide">
            <TextArea {...about} rows={rows ?? 3} value={text} onValue={change} />
        </div>
    );
}

/** Edits a batch as JSON text, or takes the batch of a finished run. */
function BatchField(props: About & { kind: string; value: Json | undefined; onValue: (value: Json | undefined) => void }) {
    const [taken, setTaken] = useState('');
    const [fault, setFault] = useState<string>();
    const take = async (id: string) => {
        setFault(undefined);
        try {
            const manifest = await json<{ spec: string; folder: string }>(`/runs/${encodeURIComponent(id)}/files/manifest.json`);
            const batch = JSON.parse(plainJson(manifest.spec)) as JsonMap;
            props.onValue(completed(resolved(batch, manifest.folder), props.kind).batch);
            setTaken(id);
        } catch (e) {
            setFault(asProblem(e).message);
        }
    };
    return (
        <div class="wide">
            <RunsField
                label="Take the batch of a run"
                kind={props.kind}
                name="batch"
                value={taken === '' ? [] : [taken]}
                many={false}
                fault={fault}
                onValue={(ids) => void take(ids[0] ?? '')}
            />
            <details open={props.fault !== undefined || (taken === '' && props.value !== undefined)}>
                <summary>The batch as text</summary>
                <ObjectField key={taken} {...props} rows={10} />
            </details>
            {props.fault !== undefined && (
                <span class="fault" role="alert">
                    {props.fault}
                </span>
            )}
        </div>
    );
}
