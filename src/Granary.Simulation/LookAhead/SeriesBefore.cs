using System.Runtime.CompilerServices;
using Granary.Engine.Market;

namespace Granary.Simulation.LookAhead;

/// <summary>The bars of a series that open before a time.</summary>
/// <param name="end">UTC ticks.</param>
internal sealed class SeriesBefore(IBarSeries series, long end) : IChangedSeries
{
    public const string Verb = "before";

    public IBarSeries Inner => series;

    public string Change => FormattableString.Invariant($"{Verb}={end}");

    public Instrument Instrument => series.Instrument;

    public Timeframe Timeframe => series.Timeframe;

    /// <summary>Count of the whole series, as an upper bound.</summary>
    public long Count => series.Count;

    public IReadOnlyList<string> Columns => series.Columns;

    public string ContentHash => series.ContentHash;

    public IReadOnlyList<string> Notes => series.Notes;

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize, [EnumeratorCancellation]
        CancellationToken cancellationToken = default)
    {
        await foreach (var block in series.ReadAsync(blockSize, cancellationToken))
        {
            if (block.Time[^1] < end)
            {
                yield return block;
                continue;
            }
            var at = block.Time.BinarySearch(end);
            var left = at < 0 ? ~at : at;
            if (left > 0) yield return block.Slice(0, left);
            yield break;
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
