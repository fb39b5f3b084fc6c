using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Application.Verification;

/// <summary>A series whose bars from one instant on are nonsense: whoever reads them before their time gives himself away.</summary>
internal sealed class PoisonedSeries(IBarSeries series, long cut, ulong seed) : IChangedSeries
{
    public const string Verb = "poison";

    public IBarSeries Inner => series;

    public string Change => FormattableString.Invariant($"{Verb}={cut}:{seed}");

    public Instrument Instrument => series.Instrument;

    public Timeframe Timeframe => series.Timeframe;

    public long Count => series.Count;

    public string ContentHash => series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var state = seed | 1;
        double Next()
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return (state >> 11) * (1.0 / (1UL << 53));
        }
        // On the feed's own decimals, since a foreign price would be told by its digits alone.
        var scale = Math.Pow(10, Math.Clamp(series.Instrument.PriceDecimals, 0, 8));
        await foreach (var block in series.ReadAsync(blockSize, cancellationToken))
        {
            if (block.Time[^1] < cut)
            {
                yield return block;
                continue;
            }
            var bars = new Bar[block.Count];
            for (var i = 0; i < bars.Length; i++)
            {
                var bar = block[i];
                if (bar.Time >= cut)
                {
                    double Price(double price) => Math.Max(1, Math.Round(price * (0.2 + 4 * Next()) * scale)) / scale;
                    var (open, close) = (Price(bar.Open), Price(bar.Close));
                    bar = new Bar(bar.Time, open, Math.Max(open, close) * 2, Math.Max(1 / scale, Math.Min(open, close) / 2), close, Math.Round(bar.Volume * 3 * Next()));
                }
                bars[i] = bar;
            }
            yield return BarBlock.FromBars(block.FirstIndex, bars);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
