namespace Granary.Backtesting.Verification;

/// <summary>The names of the causes by which an account differs from its backtest.</summary>
internal static class DivergenceCauses
{
    /// <summary>Bars that have other values now than the session had.</summary>
    public const string Data = "data";

    /// <summary>Bars that came after their time: the session left them out, or did not enter on them.</summary>
    public const string LateBar = "late bar";

    /// <summary>Commands, weights and hand-overs of the operator.</summary>
    public const string Operator = "operator";

    /// <summary>A fill in a different bar, or booked at a different time.</summary>
    public const string Timing = "timing";

    /// <summary>A different price in the same bar.</summary>
    public const string FillPrice = "fill price";

    /// <summary>An order that was not filled, or only in part.</summary>
    public const string MissedFill = "missed fill";

    /// <summary>An order that the venue refused.</summary>
    public const string Refusal = "refusal";

    /// <summary>Other fees.</summary>
    public const string Cost = "cost";

    /// <summary>Exchange rates that the session did not have, or at another time.</summary>
    public const string Rates = "rates";

    /// <summary>Another weight.</summary>
    public const string Weight = "weight";

    /// <summary>A different version of a model or policy.</summary>
    public const string Model = "model version";

    /// <summary>Another program or strategy.</summary>
    public const string Code = "code";

    /// <summary>No fact gives a reason.</summary>
    public const string Unexplained = "unexplained";
}
