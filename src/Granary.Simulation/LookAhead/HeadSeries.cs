using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>A series that ends after a number of bars.</summary>
internal sealed class HeadSeries(IBarSeries series, long count) : IChangedSeries
{
    public const string Verb = "head";

    public IBarSeries Inner => series;

    public string Change => FormattableString.Invariant($"{Verb}={count}");

    public Instrument Instrument => series.Instrument;

    public Timeframe Timeframe => series.Timeframe;

    public long Count => Math.Min(count, series.Count);

    public IReadOnlyList<string> Columns => series.Columns;

    public string ContentHash => series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        var left = Count;
        await foreach (var block in series.ReadAsync(blockSize, cancellationToken))
        {
            yield return block.Count <= left ? block : block.Slice(0, (int)left);
            left -= block.Count;
            if (left <= 0) yield break;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
