using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>Latency, partial fills and failures of the paper venue. By default there are none.</summary>
internal sealed record PaperSettings
{
    /// <summary>
    /// The random seed. The handling of an order depends only on the seed and the order's id, not on the time of the call.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>
    /// Mean market time between sending an order and its arrival; each order's latency is between half and one and a half times it.
    /// </summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Share of the entries and exits that the venue rejects, 0 … 1.</summary>
    public double RejectShare { get; init; }

    /// <summary>Share of the orders that fill in several parts, over consecutive bars.</summary>
    public double PartialShare { get; init; }

    /// <summary>Share of the submissions whose answer is lost; half of these orders had arrived.</summary>
    public double TimeoutShare { get; init; }

    /// <summary>Whether the venue allows short sales; false for a spot market.</summary>
    public bool Short { get; init; } = true;

    /// <summary>The order types that the venue accepts; null for all.</summary>
    public IReadOnlyList<OrderType>? OrderTypes { get; init; }

    /// <summary>Starting cash, quote currency.</summary>
    public double Cash { get; init; } = 100_000;
}
