using Granary.Engine.Trading;

namespace Granary.Engine.Brokerage;

/// <summary>How well the paper venue behaves. By default it is perfect: no latency, whole fills, nothing refused.</summary>
public sealed record PaperSettings
{
    /// <summary>
    /// Of every draw; what happens to an order depends on the seed and the order's id alone, not on the time of the call.
    /// </summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Market time between sending and working, mean; each order's is between half and one and a half of it.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Share of the entries and exits that are refused, 0 … 1.</summary>
    public double RejectShare { get; init; }

    /// <summary>Share of the orders that fill in parts, over consecutive bars.</summary>
    public double PartialShare { get; init; }

    /// <summary>Share of the submissions whose answer is lost: half of them had arrived.</summary>
    public double TimeoutShare { get; init; }

    /// <summary>Whether it sells short; a spot market does not.</summary>
    public bool Short { get; init; } = true;

    /// <summary>The order types that it takes; null for all.</summary>
    public IReadOnlyList<OrderType>? OrderTypes { get; init; }

    /// <summary>Of the account at the start, quote currency.</summary>
    public double Cash { get; init; } = 100_000;
}
