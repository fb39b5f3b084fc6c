using Granary.Engine.Trading;

namespace Granary.Trading.Live;

/// <summary>A request of an operator by hand: the part of a trade to close, its stop and target, or an entry.</summary>
internal sealed record HandRequest
{
    /// <summary>Base units of the part of a trade to close; null = all of it.</summary>
    public double? Quantity { get; init; }

    /// <summary>The side of an entry.</summary>
    public Side? Side { get; init; }

    /// <summary>The limit price of an entry; null = a market order.</summary>
    public double? Price { get; init; }

    /// <summary>The size of an entry.</summary>
    public SizeRule? Size { get; init; }

    /// <summary>The stop; 0 = none. Null = none, but <c>protect</c> keeps the one that works.</summary>
    public double? Stop { get; init; }

    /// <summary>The target; 0 = none. Null = none, but <c>protect</c> keeps the one that works.</summary>
    public double? Target { get; init; }

    /// <summary>Whether the session only shows what the command would do.</summary>
    public bool Preview { get; init; }
}
