import type { Schemas } from '../../api/client';
import { Badge } from '../../components/Badge';
import { StrategyName } from '../../components/StrategyName';
import { DataTable, type Column } from '../../components/Table';
import { number, weight } from '../../format/numbers';

type Member = Schemas['SessionMember'];

const columns: Column<Member>[] = [
    { id: 'id', title: 'Strategy', width: 420, value: (m) => m.id, cell: (m) => <StrategyName id={m.id} /> },
    { id: 'symbols', title: 'Symbols', width: 180, value: (m) => m.symbols.join(), cell: (m) => m.symbols.join(', ') },
    { id: 'weight', title: 'Weight', width: 100, figure: true, value: (m) => m.weight, cell: (m) => weight(m.weight) },
    {
        id: 'enabled',
        title: 'Entries',
        width: 110,
        value: (m) => (m.enabled ? 1 : 0),
        cell: (m) => <Badge kind={m.enabled ? 'yes' : 'no'}>{m.enabled ? 'allowed' : 'stopped'}</Badge>,
    },
];

/** The configuration of a session, with the weights in force. */
export function Configuration(props: { configuration: Schemas['SessionConfiguration'] }) {
    const c = props.configuration;
    return (
        <>
            <p class="note">
                {c.name}, {c.timeframe},{' '}
                {c.deployment == null ? (
                    'started without a deployment'
                ) : (
                    <a href={`/deployments/${c.deployment}`}>deployment {c.deployment}</a>
                )}
                .
                {c.weightsVersion === 0
                    ? ' The weights are those of the configuration.'
                    : ` Weights of version ${number(c.weightsVersion)} are in force.`}
            </p>
            <DataTable label="Weights in force" rows={c.strategies} columns={columns} id={(m) => m.id} />
        </>
    );
}
