namespace Granary.Engine.Trading.Execution;

/// <summary>Sums over the open trades in one instrument, of a book or of an account.</summary>
internal struct PositionSums
{
    /// <summary>Longs less shorts, base units times the multiplier: equity is cash + net · price.</summary>
    public double Net;

    /// <summary>Base units.</summary>
    public double Longs, Shorts;

    /// <summary>Twice the notional of short trades at their entries, quote currency: locked without leverage.</summary>
    public double Collateral;

    /// <summary>Buying power that trades with isolated margin tie up, quote currency.</summary>
    public double Isolated;

    /// <summary>Longs plus shorts, base units.</summary>
    public readonly double Gross => Longs + Shorts;

    public static PositionSums operator +(in PositionSums a, in PositionSums b) => new()
    {
        Net = a.Net + b.Net,
        Longs = a.Longs + b.Longs,
        Shorts = a.Shorts + b.Shorts,
        Collateral = a.Collateral + b.Collateral,
        Isolated = a.Isolated + b.Isolated,
    };
}
