import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { ShortTable, type ShortColumn } from '../../components/ShortTable';
import { Loaded } from '../../components/States';
import { Unbroken } from '../../components/Unbroken';
import { duration, time } from '../../format/times';

type Schedule = Schemas['ScheduleDetails'];

const columns: ShortColumn<Schedule>[] = [
    { title: 'Schedule', nowrap: true, cell: (s) => s.name },
    { title: 'Job', cell: (s) => s.kind },
    { title: 'Cron (UTC)', nowrap: true, cell: (s) => <code>{s.cron}</code> },
    {
        title: 'Window',
        nowrap: true,
        cell: (s) => (s.windowMinutes == null ? 'any time' : duration(s.windowMinutes * 60)),
    },
    { title: 'Next', nowrap: true, cell: (s) => (s.enabled ? time(s.next) : <Badge>disabled</Badge>) },
    { title: 'Last', nowrap: true, cell: (s) => time(s.last?.due) },
    { title: 'Outcome', prose: true, cell: (s) => s.last && <Outcome last={s.last} /> },
    { title: 'Reason for the schedule', prose: true, cell: (s) => <Unbroken>{s.why ? `${s.why} (${s.who})` : s.who}</Unbroken> },
];

function Outcome({ last }: { last: Schemas['ScheduledJob'] }) {
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

/** The jobs that the server submits by itself, such as trainings. */
export function Schedules() {
    const schedules = useQuery('schedules', () => take(api.GET('/api/v1/schedules')), 30_000);
    return (
        <>
            <h2>Schedules</h2>
            <p>
                Jobs of the server at the times of cron expressions. <code>granary schedules set NAME FILE</code> sets one.
            </p>
            <Loaded query={schedules} height={90}>
                {(all) => <ShortTable label="Schedules" rows={all} columns={columns} empty="The server has no schedules." />}
            </Loaded>
        </>
    );
}
