using System.Collections.Concurrent;

namespace Granary.Cluster.Tests.Fixtures;

/// <summary>The gates of one cluster's strategies, each known by the bar that the strategies name as <c>gateAt</c>.</summary>
public sealed class Gates
{
    private readonly ConcurrentDictionary<int, Gate> _closed = new();

    /// <summary>From here on no strategy passes, until the gate is opened or disposed.</summary>
    /// <param name="own">The bar that the strategies name.</param>
    /// <param name="bar">Where they wait; 0 leaves it at the one that they name.</param>
    /// <param name="spared">How many strategies pass before it holds one.</param>
    /// <exception cref="InvalidOperationException">The gate is closed already.</exception>
    internal Gate Close(int own, int bar = 0, int spared = 0)
    {
        var gate = new Gate(bar > 0 ? bar : own, spared, opened => _closed.TryRemove(new KeyValuePair<int, Gate>(own, opened)));
        return _closed.TryAdd(own, gate) ? gate : throw new InvalidOperationException($"the gate {own} is closed already; open it first");
    }

    /// <param name="own">The bar at which the strategy minds its gate; 0 is never.</param>
    internal void Pass(int bar, int own)
    {
        if (own != 0 && _closed.TryGetValue(own, out var gate)) gate.Pass(bar);
    }
}
