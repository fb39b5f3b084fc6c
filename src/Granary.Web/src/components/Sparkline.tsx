const [width, height] = [240, 44];

/** A small curve without axes, beside figures that describe it. */
export function Sparkline(props: { values: readonly number[]; base: number }) {
    const { values, base } = props;
    const [low, high] = [Math.min(base, ...values), Math.max(base, ...values)];
    const y = (v: number) => height - 2 - ((v - low) / (high - low || 1)) * (height - 4);
    const step = width / Math.max(1, values.length - 1);
    return (
        <svg class="spark" viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
            <line x1={0} x2={width} y1={y(base)} y2={y(base)} />
            <polyline
                class={(values.at(-1) ?? base) < base ? 'loss' : 'gain'}
                points={values.map((v, i) => `${i * step},${y(v)}`).join(' ')}
            />
        </svg>
    );
}
