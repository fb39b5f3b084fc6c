import { useState } from 'preact/hooks';
import { api, json, take, type Schemas } from '../../api/client';
import { changed, faultAt, faultsOf, serverFaults, type JsonMap } from '../../api/jsonSchema';
import { useQuery } from '../../api/useQuery';
import { useSubmit } from '../../api/useSubmit';
import { Dialog } from '../../components/Dialog';
import { Faults, SelectField, TextField } from '../../components/Field';
import { SchemaFields } from '../../components/SchemaFields';
import { Failed, Loading } from '../../components/States';
import { useKinds, type Kind } from '../jobs/kinds';

export type Schedule = Schemas['ScheduleDetails'];

/** The request that would set an existing schedule. */
export function requestOf(s: Schedule): JsonMap {
    return {
        ...(s.cron == null ? { after: s.after ?? 'session-day', delay: `${s.delayMinutes ?? 0}m` } : { cron: s.cron }),
        job: s.job as JsonMap,
        enabled: s.enabled,
        why: s.why,
        ...(s.timeZone == null ? {} : { timeZone: s.timeZone }),
        ...(s.windowMinutes == null ? {} : { window: `${s.windowMinutes}m` }),
    };
}

export function putSchedule(name: string, request: JsonMap): Promise<Schedule> {
    const headers = { 'Content-Type': 'application/json' };
    return json<Schedule>(`/schedules/${encodeURIComponent(name)}`, { method: 'PUT', headers, body: JSON.stringify(request) });
}

/** Times of a schedule, each on a line: 2026-11-22 02:00. */
export function Times(props: { times: readonly string[] }) {
    return (
        <>
            {props.times.map((t) => (
                <div key={t}>{t.slice(0, 16).replace('T', ' ')}</div>
            ))}
        </>
    );
}

/** Adds a schedule, or changes one. */
export function ScheduleForm(props: { schedule: Schedule | undefined; onClose: () => void }) {
    const kinds = useKinds();
    return (
        <Dialog title={props.schedule ? `Change ${props.schedule.name}` : 'New schedule'} onClose={props.onClose}>
            {kinds.data ? (
                <Fields {...props} kinds={kinds.data} />
            ) : kinds.problem ? (
                <Failed problem={kinds.problem} retry={kinds.reload} />
            ) : (
                <Loading height={300} />
            )}
        </Dialog>
    );
}

function Fields(props: { schedule: Schedule | undefined; kinds: Kind[]; onClose: () => void }) {
    const { schedule, kinds } = props;
    const [name, setName] = useState(schedule?.name ?? '');
    const [request, setRequest] = useState<JsonMap>(schedule ? requestOf(schedule) : { cron: '0 2 * * *', enabled: true });
    const [kind, setKind] = useState(schedule?.kind ?? 'train');
    const [job, setJob] = useState<JsonMap>(schedule ? changed(schedule.job as JsonMap, 'kind', undefined) : {});
    const { faults, busy, submit } = useSubmit();
    const schema = kinds.find((k) => k.name === kind)?.schema ?? {};
    const cron = String(request.cron ?? '');
    const timeZone = String(request.timeZone ?? '');
    const isCron = request.after === undefined;
    const times = useQuery(!isCron || cron.trim() === '' ? null : `cron ${cron} ${timeZone}`, () =>
        take(api.GET('/api/v1/catalogue/cron', { params: { query: { cron, timeZone } } })),
    );
    const cronFault = times.problem ? serverFaults(times.problem.message)[0]?.sentence.replace(/^Line 1: /, '') : undefined;
    const text = (key: string, label: string, hint: string) => (
        <TextField
            label={label}
            hint={hint}
            fault={faultAt(faults, key)}
            value={String(request[key] ?? '')}
            onValue={(v) => setRequest((r) => changed(r, key, v === '' ? undefined : v))}
        />
    );
    const send = (e: Event) =>
        submit(e, [...(name === '' ? [{ path: 'name', sentence: 'This is needed.' }] : []), ...faultsOf(schema, job)], async () => {
            await putSchedule(name, { ...request, job: { kind, ...job } });
            props.onClose();
        });
    return (
        <form noValidate onSubmit={(e) => void send(e)}>
            <Faults faults={faults} />
            {!schedule && (
                <TextField
                    label="Name"
                    hint="Letters, digits, '.', '_' and '-'"
                    fault={faultAt(faults, 'name')}
                    value={name}
                    onValue={setName}
                />
            )}
            <SelectField
                label="Times"
                value={isCron ? 'cron' : 'session-day'}
                options={[
                    { value: 'cron', label: 'of a cron expression' },
                    { value: 'session-day', label: 'after each trading day of the account' },
                ]}
                onValue={(v) =>
                    setRequest((r) =>
                        v === 'cron'
                            ? { ...changed(changed(r, 'after', undefined), 'delay', undefined), cron: '0 2 * * *' }
                            : { ...changed(changed(r, 'cron', undefined), 'timeZone', undefined), after: v, delay: '30m' },
                    )
                }
            />
            {isCron ? (
                <>
                    <TextField
                        label="Cron expression"
                        hint="Minute, hour, day of the month, month, day of the week: 0 2 * * SUN is Sundays at 02:00"
                        fault={faultAt(faults, 'cron') ?? cronFault}
                        value={cron}
                        onValue={(v) => setRequest((r) => ({ ...r, cron: v }))}
                    />
                    <div class="note" aria-live="polite">
                        Next three times, UTC: {!times.problem && <Times times={times.data ?? []} />}
                    </div>
                    {text('timeZone', 'Time zone (optional)', 'Such as America/New_York; without it UTC')}
                </>
            ) : (
                text('delay', 'Delay (optional)', 'Such as 30m: how long after the last market has closed')
            )}
            <div class="row">
                {text('window', 'Window (optional)', 'Such as 30m or 2h: how long after its time a job may start')}
                {text('why', 'Reason (optional)', 'Kept with the schedule')}
            </div>
            <SelectField
                label="Kind of job"
                value={kind}
                hint={kinds.find((k) => k.name === kind)?.summary}
                options={kinds.map((k) => ({ value: k.name, label: k.name }))}
                onValue={(next) => {
                    setKind(next);
                    setJob({});
                }}
            />
            <SchemaFields
                key={kind}
                kind={kind}
                schema={schema}
                value={job}
                faults={faults}
                // The end of the window is the time until which a training promotes.
                skip={['promoteUntil']}
                onValue={(key, v) => setJob((before) => changed(before, key, v))}
            />
            <div class="actions">
                <button type="button" onClick={props.onClose}>
                    Back
                </button>
                <button type="submit" class="primary" disabled={busy}>
                    {schedule ? 'Save' : 'Add the schedule'}
                </button>
            </div>
        </form>
    );
}
