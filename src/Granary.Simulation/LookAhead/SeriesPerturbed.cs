using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>
/// A series whose bars have other prices, volumes and times from a cut on, so a decision that reads them early becomes visible.
/// </summary>
/// <param name="cut">Time of the cut, UTC ticks. Earlier bars are unchanged, and no changed bar opens before it.</param>
/// <param name="shape">Shape of the first changed bars. A shape and its complement differ in every property.</param>
internal sealed class SeriesPerturbed(IBarSeries series, long cut, ulong seed, PerturbedShape shape) : ChangedSeries(series)
{
    public const string Verb = "perturb";

    // After this number of bars, only the price level keeps the shape.
    private const int ShapedBars = 4;

    public override string Change => FormattableString.Invariant($"{Verb}={cut}:{seed}:{(int)shape}");

    /// <summary>Open time of the first changed bar.</summary>
    /// <param name="before">Open time of the bar before the cut; null if the series begins after it.</param>
    /// <param name="own">Original open time of the bar.</param>
    public static long FirstTime(long? before, long own, long cut, Timeframe timeframe, PerturbedShape shape)
    {
        if (before is not { } last) return own;
        var bars = Math.Max(1, (cut - last + timeframe.Ticks - 1) / timeframe.Ticks);
        return last + timeframe.Ticks * (shape.HasFlag(PerturbedShape.LongGap) ? bars + 2 : bars);
    }

    public override async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var draw = new Draw(seed, Instrument.Symbol);
        long? last = null;
        var changed = 0;
        await foreach (var block in Inner.ReadAsync(blockSize, cancellationToken))
        {
            if (block.Time[^1] < cut)
            {
                last = block.Time[^1];
                yield return block;
                continue;
            }
            var bars = new Bar[block.Count];
            for (var i = 0; i < bars.Length; i++)
            {
                var bar = block[i];
                if (bar.Time >= cut)
                {
                    var time = changed == 0 ? FirstTime(last, bar.Time, cut, Timeframe, shape) : NextTime(last!.Value, changed,
                        draw);
                    bar = Changed(bar, time, changed++, draw);
                }
                last = bar.Time;
                bars[i] = bar;
            }
            yield return BarBlock.FromBars(block.FirstIndex, bars);
        }
    }

    private long NextTime(long last, int changed, Draw draw)
    {
        var gap = changed < ShapedBars ? shape.HasFlag(PerturbedShape.LongGap) : draw.Next() < 0.2;
        return last + Timeframe.Ticks * (gap ? 2 + (long)(3 * draw.Next()) : 1);
    }

    private Bar Changed(in Bar bar, long time, int changed, Draw draw)
    {
        bool Has(PerturbedShape property) => changed < ShapedBars ? shape.HasFlag(property) : draw.Next() < 0.5;
        // Rounds to the feed's decimals, because unusual digits would reveal a changed price.
        var scale = Math.Pow(10, Math.Clamp(Instrument.PriceDecimals, 0, 8));
        double Price(double price) => Math.Max(1, Math.Round(price * scale)) / scale;
        var level = shape.HasFlag(PerturbedShape.Higher) ? 1.5 + 2.5 * draw.Next() : 0.2 + 0.5 * draw.Next();
        var body = 1.02 + 0.4 * draw.Next();
        var open = Price(bar.Open * level);
        var close = Price(Has(PerturbedShape.Rising) ? open * body : open / body);
        var (high, low) = (Math.Max(open, close), Math.Min(open, close));
        if (Has(PerturbedShape.WideRange)) (high, low) = (Price(high * 2), Price(low / 2));
        var volume = Has(PerturbedShape.HighVolume) ? Math.Round((bar.Volume + 1) * (2 + 8 * draw.Next()))
            : Math.Round(bar.Volume * 0.3 * draw.Next());
        return new Bar(time, open, high, low, close, volume) { Further = Changed(bar.Further, draw) };
    }

    // Other values of the same order, also where the bar has none; some are missing.
    private static FurtherValues? Changed(FurtherValues? further, Draw draw)
    {
        if (further is null) return null;
        var values = new double[further.Values.Length];
        for (var c = 0; c < values.Length; c++)
        {
            var size = double.IsNaN(further.Values[c]) || further.Values[c] == 0 ? 1 : further.Values[c];
            values[c] = draw.Next() < 0.1 ? double.NaN : size * (draw.Next() < 0.5 ? 2 + 8 * draw.Next() : -1 - 8 * draw.Next());
        }
        return new FurtherValues(further.Names, values);
    }

    // A xorshift generator; each symbol has its own sequence.
    private sealed class Draw
    {
        private ulong _state;

        public Draw(ulong seed, string symbol)
        {
            _state = 14695981039346656037;
            foreach (var c in symbol) _state = (_state ^ c) * 1099511628211;
            _state = (_state ^ seed) * 1099511628211 | 1;
        }

        public double Next()
        {
            _state ^= _state << 13;
            _state ^= _state >> 7;
            _state ^= _state << 17;
            return (_state >> 11) * (1.0 / (1UL << 53));
        }
    }
}
