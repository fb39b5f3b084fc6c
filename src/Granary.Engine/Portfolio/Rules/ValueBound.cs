using Granary.Engine.Numerics;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>A value in account currency and the bound that a rule sets for it.</summary>
/// <param name="Value">The value now.</param>
/// <param name="Most">The bound.</param>
/// <param name="Closable">The positions to reduce if the value exceeds the bound; NaN = the value itself.</param>
public readonly record struct ValueBound(double Value, double Most, double Closable = double.NaN)
{
    /// <summary>No bound.</summary>
    public static ValueBound None { get; } = new(0, double.PositiveInfinity);

    /// <summary>Remaining room, account currency; negative if the value exceeds the bound.</summary>
    public double Room => Most - Value;

    /// <summary>Whether the value plus this amount stays within the bound.</summary>
    public bool Admits(double more) => !(Value + more > Most);

    /// <summary>The share of each position in the scope that must be closed to keep the bound, 0 to 1.</summary>
    public double ShareToClose()
    {
        if (double.IsNaN(Closable))
            return Value <= Most * (1 + Tolerance.Amount) ? 0 : Most <= 0 ? 1 : 1 - Most / Value * (1 - Tolerance.Amount);
        var excess = Value - Most;
        return excess > Most * Tolerance.Amount ? Math.Min(1, excess * (1 + Tolerance.Amount) / Closable) : 0;
    }
}
