namespace Granary.Engine.Portfolio.Rules;

/// <summary>The most that positions may be worth once an entry is filled.</summary>
/// <param name="Fraction">The cap as a fraction of the equity; infinite without a cap.</param>
/// <param name="OfSymbol">Whether it bounds the positions in the entry's instrument alone, in place of all positions.</param>
internal readonly record struct ExposureCap(double Fraction, bool OfSymbol = false)
{
    /// <summary>No cap.</summary>
    public static ExposureCap None { get; } = new(double.PositiveInfinity);
}
