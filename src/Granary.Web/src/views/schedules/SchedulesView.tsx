import { useState } from 'preact/hooks';
import { can } from '../../api/caller';
import { api, take } from '../../api/client';
import { useAction } from '../../api/useAction';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Confirm } from '../../components/Dialog';
import { ShortTable, type ShortColumn } from '../../components/ShortTable';
import { Loaded } from '../../components/States';
import { Unbroken } from '../../components/Unbroken';
import { Wrong } from '../../components/Wrong';
import { duration, time } from '../../format/times';
import { useTitle } from '../../layout/title';
import { putSchedule, requestOf, ScheduleForm, Times, type Schedule } from './ScheduleForm';

const columns: ShortColumn<Schedule>[] = [
    { title: 'Schedule', nowrap: true, cell: (s) => s.name },
    { title: 'Job', cell: (s) => s.kind },
    {
        title: 'Times',
        nowrap: true,
        cell: (s) => (s.cron == null ? `each trading day + ${s.delayMinutes ?? 0} min` : <code>{s.cron}</code>),
    },
    { title: 'Zone', nowrap: true, cell: (s) => (s.cron == null ? '' : (s.timeZone ?? 'UTC')) },
    {
        title: 'Window',
        nowrap: true,
        cell: (s) => (s.windowMinutes == null ? 'any time' : duration(s.windowMinutes * 60)),
    },
    {
        title: 'Next (UTC)',
        nowrap: true,
        cell: (s) => (!s.enabled ? <Badge>paused</Badge> : s.waits ? <Badge kind="wait">{s.waits}</Badge> : <Times times={s.upcoming} />),
    },
    { title: 'Last', nowrap: true, cell: (s) => time(s.last?.due) },
    { title: 'Outcome', prose: true, cell: (s) => s.last && <Outcome last={s.last} /> },
    { title: 'Reason for the schedule', prose: true, cell: (s) => <Unbroken>{s.why ? `${s.why} (${s.who})` : s.who}</Unbroken> },
];

function Outcome({ last }: { last: NonNullable<Schedule['last']> }) {
    if (last.outcome === 'missed') return <Failure word="missed" reason={last.reason} />;
    if (last.job == null) return <Badge kind="wait">is being submitted</Badge>;
    return (
        <>
            {last.state === 'failed' && <Failure word="failed" reason={last.reason} />}{' '}
            <a href={`/jobs/${encodeURIComponent(last.job)}`}>{last.job}</a>
        </>
    );
}

function Failure({ word, reason }: { word: string; reason: string | null | undefined }) {
    return (
        <>
            <Badge kind="no">{word}</Badge> {reason != null && <Unbroken>{reason}</Unbroken>}
        </>
    );
}

type Editing = Schedule | 'new' | undefined;

/** Schedules of jobs, such as trainings, that the server submits. */
export default function SchedulesView() {
    useTitle('Schedules');
    const schedules = useQuery('schedules', () => take(api.GET('/api/v1/schedules')), 30_000);
    const [editing, setEditing] = useState<Editing>();
    const [removing, setRemoving] = useState<Schedule>();
    const pause = useAction(async (s: Schedule) => {
        await putSchedule(s.name, { ...requestOf(s), enabled: !s.enabled });
        schedules.reload();
    });
    const actions: ShortColumn<Schedule> = {
        title: 'Actions',
        nowrap: true,
        cell: (s) => (
            <>
                <button type="button" class="plain" aria-label={`Change ${s.name}`} onClick={() => setEditing(s)}>
                    Change
                </button>
                <button
                    type="button"
                    class="plain"
                    aria-label={`${s.enabled ? 'Pause' : 'Resume'} ${s.name}`}
                    disabled={pause.busy}
                    onClick={() => pause.run(s)}
                >
                    {s.enabled ? 'Pause' : 'Resume'}
                </button>
                <button type="button" class="plain" aria-label={`Delete ${s.name}`} onClick={() => setRemoving(s)}>
                    Delete
                </button>
            </>
        ),
    };
    const close = () => {
        setEditing(undefined);
        schedules.reload();
    };
    return (
        <>
            <div class="actions tight">
                <h1>Schedules</h1>
                {can('admin') && (
                    <button type="button" class="primary push" onClick={() => setEditing('new')}>
                        New schedule
                    </button>
                )}
            </div>
            <p class="lead">
                The server submits these jobs at the times of cron expressions, or after each trading day of an account: trainings, batches,
                walk-forwards, imports.
            </p>
            <Wrong>{pause.problem?.message}</Wrong>
            <Loaded query={schedules} height={90}>
                {(all) => (
                    <ShortTable
                        label="Schedules"
                        rows={all}
                        columns={can('admin') ? [...columns, actions] : columns}
                        empty="The server has no schedules."
                    />
                )}
            </Loaded>
            {editing && <ScheduleForm schedule={editing === 'new' ? undefined : editing} onClose={close} />}
            {removing && (
                <Confirm
                    title={`Delete ${removing.name}?`}
                    action="Delete the schedule"
                    danger
                    onClose={() => setRemoving(undefined)}
                    onConfirm={async () => {
                        await take(api.DELETE('/api/v1/schedules/{name}', { params: { path: { name: removing.name } } }));
                        schedules.reload();
                    }}
                >
                    <p>The server submits no more jobs of this schedule. Its earlier jobs stay.</p>
                </Confirm>
            )}
        </>
    );
}
