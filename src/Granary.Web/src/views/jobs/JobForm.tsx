import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { json } from '../../api/client';
import { changed, faultsOf, type Fault, type JsonMap, type Schema } from '../../api/jsonSchema';
import { useSubmit } from '../../api/useSubmit';
import { Faults } from '../../components/Field';
import { SchemaFields } from '../../components/SchemaFields';
import type { Job } from './job';

/** The values of a kind's keys that an address names: `runs=a,b`. */
export function valuesIn(search: Record<string, string>, schema: Schema): JsonMap {
    const values: JsonMap = {};
    for (const [key, part] of Object.entries(schema.properties ?? {})) {
        const text = search[key];
        if (text === undefined || text === '') continue;
        const form = part.anyOf?.[0] ?? part;
        const type = form.type;
        values[key] =
            type === 'array'
                ? text.split(',')
                : type === 'integer' || type === 'number'
                  ? Number(text)
                  : type === 'boolean'
                    ? text === 'true'
                    : text;
    }
    return values;
}

/** The request of a kind of job as a form. Its faults are found by the schema, and then by the server. */
export function JobForm(props: {
    kind: string;
    schema: Schema;
    action: string;
    initial: JsonMap;
    /** Leaves these keys out. */
    skip?: readonly string[];
    /** Completes the values before they are checked. */
    complete?: (value: JsonMap) => JsonMap;
    onStarted: (job: Job) => void;
    /** Called with the faults, so that the page's own fields show theirs. */
    onFaults?: (faults: Fault[]) => void;
}) {
    const { kind, schema } = props;
    const [value, setValue] = useState(props.initial);
    const { faults, busy, submit } = useSubmit(props.onFaults);
    const send = (e: Event) => {
        const whole = props.complete?.(value) ?? value;
        return submit(e, faultsOf(schema, whole), async () => {
            const body = JSON.stringify({ kind, ...whole });
            props.onStarted(await json<Job>('/jobs?check=true', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body }));
        });
    };
    return (
        <form class="card" noValidate onSubmit={(e) => void send(e)}>
            <Faults faults={faults} />
            <SchemaFields
                kind={kind}
                schema={schema}
                value={value}
                faults={faults}
                skip={props.skip ?? []}
                onValue={(key, next) => setValue((before) => changed(before, key, next))}
            />
            <div class="actions">
                <button type="submit" class="primary" disabled={busy || !can('submitter')}>
                    {busy ? 'Submitting …' : props.action}
                </button>
                {!can('submitter') && <span class="soft">Submitting a job needs a key with the role submitter.</span>}
            </div>
        </form>
    );
}
