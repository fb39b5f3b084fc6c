import { useLocation } from 'preact-iso';
import { api, take } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { useSearch } from '../../api/useSearch';
import { Badge } from '../../components/Badge';
import { SelectField } from '../../components/Field';
import { Figures } from '../../components/Figures';
import { Empty, Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { bytes, number } from '../../format/numbers';
import { duration, time } from '../../format/times';
import { attention, useTitle } from '../../layout/title';
import { paceOf, stateKind, stateText, type Job } from './job';

const columns: Column<Job>[] = [
    { id: 'name', title: 'Job', width: 230, value: (j) => j.name, cell: (j) => <a href={`/jobs/${encodeURIComponent(j.id)}`}>{j.name}</a> },
    { id: 'kind', title: 'Kind', width: 110, value: (j) => j.kind, cell: (j) => j.kind },
    {
        id: 'state',
        title: 'State',
        width: 110,
        value: (j) => j.state,
        cell: (j) => <Badge kind={stateKind[j.state]}>{stateText[j.state]}</Badge>,
    },
    {
        id: 'progress',
        title: 'Progress',
        width: 150,
        figure: true,
        value: (j) => paceOf(j).part,
        cell: (j) => {
            const { part, remaining } = paceOf(j);
            if (part === undefined) return '–';
            return `${number(part * 100)}%${remaining === undefined ? '' : `, ${duration(remaining)} left`}`;
        },
    },
    { id: 'elapsed', title: 'Took', width: 100, figure: true, value: (j) => paceOf(j).elapsed, cell: (j) => duration(paceOf(j).elapsed) },
    { id: 'submittedAt', title: 'Submitted', width: 150, value: (j) => j.submittedAt, cell: (j) => time(j.submittedAt) },
    { id: 'submittedBy', title: 'By', width: 110, value: (j) => j.submittedBy, cell: (j) => j.submittedBy },
    { id: 'fault', title: 'Fault', width: 320, cell: (j) => j.fault ?? '' },
];

/** All jobs of the server, with the load of its process. */
export default function JobsView() {
    useTitle('Jobs');
    const { route } = useLocation();
    const { search, set: setSearch } = useSearch();
    const query = {
        limit: 1000,
        ...(search.state ? { state: search.state } : {}),
        ...(search.kind ? { kind: search.kind } : {}),
    };
    const jobs = useQuery(
        `jobs/${search.state ?? ''}/${search.kind ?? ''}`,
        () => take(api.GET('/api/v1/jobs', { params: { query } })),
        2000,
    );
    const kinds = useQuery('catalogue/jobs', () => take(api.GET('/api/v1/catalogue/jobs')));
    const items = jobs.data?.items ?? [];
    const running = items.filter((j) => j.state === 'running');
    const load = running.find((j) => j.progress?.load)?.progress?.load;
    const waiting = items.filter((j) => j.state === 'queued').length;
    attention.value = running.length;
    return (
        <>
            <div class="actions">
                <h1>Jobs</h1>
                <a class="button push" href="/jobs/new">
                    New job
                </a>
                <a class="button primary" href="/batches/new">
                    New batch
                </a>
            </div>
            <Figures
                figures={[
                    { name: 'Running', value: number(running.length), note: 'jobs' },
                    { name: 'Queue', value: number(waiting), note: 'jobs that wait' },
                    {
                        name: 'Processors',
                        value: load ? `${number(load.cpuPercent)}%` : '–',
                        note: load ? '100% is one busy processor' : 'known while a job runs',
                    },
                    {
                        name: 'Memory',
                        value: load ? bytes(load.memoryBytes) : '–',
                        note: load ? 'of the server' : 'known while a job runs',
                    },
                ]}
            />
            <div class="row filters">
                <SelectField
                    label="State"
                    value={search.state ?? ''}
                    onValue={(state) => setSearch({ state })}
                    options={[{ value: '', label: 'All' }, ...Object.entries(stateText).map(([value, label]) => ({ value, label }))]}
                />
                <SelectField
                    label="Kind"
                    value={search.kind ?? ''}
                    onValue={(kind) => setSearch({ kind })}
                    options={[{ value: '', label: 'All' }, ...(kinds.data ?? []).map((k) => ({ value: k.name, label: k.name }))]}
                />
            </div>
            <Loaded query={jobs}>
                {(page) =>
                    page.items.length === 0 ? (
                        <Empty title={search.state || search.kind ? 'No job matches' : 'There are no jobs yet'}>
                            <p>Backtests, walk-forwards, training, imports and checks appear here while they run and afterwards.</p>
                            <a class="button" href="/batches/new">
                                New batch
                            </a>
                        </Empty>
                    ) : (
                        <DataTable
                            label="Jobs"
                            rows={page.items}
                            columns={columns}
                            id={(j) => j.id}
                            sorting={{ id: 'submittedAt', descending: true }}
                            onOpen={(j) => route(`/jobs/${encodeURIComponent(j.id)}`)}
                        />
                    )
                }
            </Loaded>
        </>
    );
}
