using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using Granary.Engine.Market;

namespace Granary.Simulation.Batches;

/// <summary>
/// The bars of a chain: of each contract those of its stretch, with its own prices. Its instrument has the rolls and ends.
/// </summary>
/// <param name="contracts">The opened contracts, which are disposed of with the series.</param>
/// <param name="columns">The further columns that the query asks for; the contracts may have more.</param>
internal sealed class SeriesOfChain(Instrument instrument, ChainPlan plan, IReadOnlyList<IBarSeries> contracts, BarQuery query,
    IReadOnlyList<string> columns) : IBarSeries
{
    public Instrument Instrument => instrument;

    public Timeframe Timeframe => query.Timeframe;

    public long Count { get; } = plan.Stretches.Sum(s => s.Count);

    public IReadOnlyList<string> Columns => columns;

    /// <inheritdoc/>
    public required IReadOnlyList<string> Notes { get; init; }

    public string ContentHash { get; } = HashOf(plan, contracts, query);

    private static string HashOf(ChainPlan plan, IReadOnlyList<IBarSeries> contracts, BarQuery query)
    {
        var text = new StringBuilder();
        foreach (var stretch in plan.Stretches)
            if (stretch.Count > 0)
                text.Append(CultureInfo.InvariantCulture, $"{contracts[stretch.Contract].ContentHash} {stretch.From} {stretch.To} ");
        foreach (var change in plan.Changes)
            text.Append(CultureInfo.InvariantCulture, $"{change.Time} {change.Kind} {change.OldPrice:R} {change.NewPrice:R} ");
        text.Append(CultureInfo.InvariantCulture, $"{query.From} {query.To}");
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    public async IAsyncEnumerable<BarBlock> ReadAsync(int blockSize = IBarSeries.DefaultBlockSize,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var (bars, first) = (new List<Bar>(blockSize), 0L);
        foreach (var stretch in plan.Stretches)
        {
            if (stretch.Count == 0) continue;
            await foreach (var block in contracts[stretch.Contract].ReadAsync(blockSize, cancellationToken))
            {
                if (block.Time[0] > stretch.To) break;
                for (var i = 0; i < block.Count; i++)
                {
                    var time = block.Time[i];
                    if (time < stretch.From || time > stretch.To || !query.Wants(time)) continue;
                    bars.Add(Shown(block[i]));
                    if (bars.Count == blockSize) yield return Taken();
                }
            }
        }
        if (bars.Count > 0) yield return Taken();

        BarBlock Taken()
        {
            var taken = BarBlock.FromBars(first, CollectionsMarshal.AsSpan(bars));
            first += bars.Count;
            bars.Clear();
            return taken;
        }
    }

    private Bar Shown(in Bar bar) => bar.Further is not { } further ? bar
        : columns.Count == 0 ? bar with { Further = null }
        : columns.Count == further.Names.Count ? bar
        : bar with { Further = new FurtherValues(columns, [.. columns.Select(c => further.Of(c))]) };

    public async ValueTask DisposeAsync()
    {
        foreach (var contract in contracts) await contract.DisposeAsync();
    }
}
