/** Width of a column of strategies, pixels: two lines have room for three parameters and the market. */
export const strategyWidth = innerWidth < 700 ? 232 : 308;

/** The id of a strategy. It may be broken behind a parameter and before the market; a row of a table has room for two lines. */
export function StrategyName(props: { id: string }) {
    const at = props.id.lastIndexOf('@');
    const [name, market] = at < 0 ? [props.id, ''] : [props.id.slice(0, at), props.id.slice(at)];
    return (
        <span class="strategy" title={props.id}>
            {name.split(/(?<=,)/).map((part) => (
                <>
                    {part}
                    <wbr />
                </>
            ))}
            {market}
        </span>
    );
}
