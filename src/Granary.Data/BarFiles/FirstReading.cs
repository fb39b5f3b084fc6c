using Granary.Data.Reading;
using Granary.Engine.Market;

namespace Granary.Data.BarFiles;

/// <summary>
/// Result of the first reading of a market's files: the hash of its bars, and the bars themselves if they fit into the budget.
/// </summary>
internal sealed class FirstReading(MemoryBudget budget, bool withAdjusted, int further, string file) : IDisposable
{
    private readonly ContentHasher _hasher = new();
    private readonly long _bytesPerBlock = (long)ContentHasher.GroupSize * BarColumns.BytesPerBar(withAdjusted, further);

    /// <summary>All bars so far, in the order of the files until <see cref="Finish"/>; null if they exceed the budget.</summary>
    public List<BarColumns>? Kept { get; private set; } = [];

    /// <summary>Bytes reserved from the memory budget.</summary>
    public long Taken { get; private set; }

    /// <summary>Takes the blocks that a collector has completed.</summary>
    /// <exception cref="BarDataException">Rows from newest to oldest do not fit into the budget.</exception>
    public void Take(BarCollector collector)
    {
        foreach (var block in collector.Completed)
        {
            if (!collector.Descending) Hash(block);
            if (Kept is null) continue;
            if (budget.TryTake(_bytesPerBlock))
            {
                Taken += _bytesPerBlock;
                Kept.Add(block);
                continue;
            }
            if (collector.Descending)
                throw BarDataException.At(file, null, null,
                    "the rows run from newest to oldest, and there are too many to turn them round in memory",
                        "sort the file oldest first");
            Kept = null;
            budget.Return(Taken);
            Taken = 0;
        }
        collector.Completed.Clear();
    }

    /// <summary>Sorts the bars by time.</summary>
    /// <returns>The hash of all bars, oldest first.</returns>
    public string Finish(BarCollector collector)
    {
        if (collector.Descending)
        {
            Kept = BarFileSeries.Reversed(Kept!, withAdjusted);
            foreach (var block in Kept) Hash(block);
        }
        return _hasher.Finish();
    }

    public void Dispose() => _hasher.Dispose();

    private void Hash(BarColumns block)
    {
        if (withAdjusted) block.Adjust();
        _hasher.Append(block);
    }
}
