import { api, take, type Schemas } from '../../api/client';
import { useQuery } from '../../api/useQuery';
import { Badge } from '../../components/Badge';
import { Loaded } from '../../components/States';
import { DataTable, type Column } from '../../components/Table';
import { number } from '../../format/numbers';
import { time } from '../../format/times';

type Delivery = Schemas['DeliveryEntry'];

const kinds = { delivered: 'yes', dead: 'no', pending: 'wait', collected: 'yes' } as const;

const states: Record<string, string> = { dead: 'given up', collected: 'in a digest' };

const columns: Column<Delivery>[] = [
    { id: 'at', title: 'Time', width: 150, value: (d) => d.at, cell: (d) => time(d.at) },
    { id: 'to', title: 'Channel', width: 110, value: (d) => d.channel, cell: (d) => d.channel },
    {
        id: 'state',
        title: 'State',
        width: 110,
        value: (d) => d.state,
        cell: (d) => <Badge kind={kinds[d.state as keyof typeof kinds]}>{states[d.state] ?? d.state}</Badge>,
    },
    { id: 'text', title: 'Message', width: 460, cell: (d) => <span title={d.text}>{d.text}</span> },
    { id: 'attempts', title: 'Attempts', width: 90, figure: true, value: (d) => d.attempts, cell: (d) => number(d.attempts) },
    {
        id: 'next',
        title: 'Next attempt',
        width: 150,
        value: (d) => (d.state === 'pending' ? d.nextAt : ''),
        cell: (d) => (d.state === 'pending' ? time(d.nextAt) : ''),
    },
    { id: 'fault', title: 'Fault', width: 300, cell: (d) => <span title={d.fault ?? ''}>{d.fault}</span> },
];

/** Pending, delivered and abandoned deliveries, the newest first. */
export function Deliveries() {
    const deliveries = useQuery('deliveries', () => take(api.GET('/api/v1/notifications/deliveries')), 5000);
    return (
        <Loaded query={deliveries} height={200}>
            {(all) =>
                all.length === 0 ? (
                    <p class="soft">No rule has applied yet.</p>
                ) : (
                    <DataTable label="Deliveries" rows={all} columns={columns} id={(d) => d.id} height={360} />
                )
            }
        </Loaded>
    );
}
