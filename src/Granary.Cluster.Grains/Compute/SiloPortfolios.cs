using System.Collections.Concurrent;

namespace Granary.Cluster.Grains.Compute;

/// <summary>The portfolio passes that run on this silo, by run.</summary>
internal sealed class SiloPortfolios
{
    private readonly ConcurrentDictionary<string, PortfolioSlot> _slots = new(StringComparer.Ordinal);

    public PortfolioSlot? Find(string run) => _slots.GetValueOrDefault(run);

    /// <summary>Adds a pass; that of an earlier attempt, which nothing waits for any more, makes room for it.</summary>
    public void Add(string run, PortfolioSlot slot) => _slots[run] = slot;

    public void Remove(string run, PortfolioSlot slot) => _slots.TryRemove(new KeyValuePair<string, PortfolioSlot>(run, slot));
}
