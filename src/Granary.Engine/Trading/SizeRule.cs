namespace Granary.Engine.Trading;

public enum SizeKind : byte
{
    /// <summary>A fixed number of base units.</summary>
    Units,
    /// <summary>A share of the equity, marked at the signal's close, in percent.</summary>
    PercentOfEquity,
    /// <summary>A fixed amount of quote currency.</summary>
    Cash,
    /// <summary>The quantity at which the stop distance costs this percentage of the equity.</summary>
    RiskPercent,
}

/// <summary>Size of an entry.</summary>
public readonly record struct SizeRule(SizeKind Kind, double Value)
{
    public static SizeRule Units(double units) => new(SizeKind.Units, units);

    public static SizeRule PercentOfEquity(double percent) => new(SizeKind.PercentOfEquity, percent);

    /// <summary>An amount of cash, in the currency of the prices.</summary>
    public static SizeRule Cash(double amount) => new(SizeKind.Cash, amount);

    /// <summary>The quantity in base units before rounding to lots; NaN if the rule needs a stop and there is none.</summary>
    /// <param name="equity">Quote currency, at the signal's close.</param>
    /// <param name="price">Expected price of the entry.</param>
    /// <param name="stop">Stop price; 0 = none.</param>
    public double Quantity(double equity, double price, double stop, double multiplier) => Kind switch
    {
        SizeKind.Units => Value,
        SizeKind.PercentOfEquity => equity / (price * multiplier) * (Value / 100),
        SizeKind.Cash => Value / (price * multiplier),
        SizeKind.RiskPercent => stop > 0 && stop != price ? equity * Value / 100 / (Math.Abs(price - stop) * multiplier) : double.NaN,
        _ => throw new InvalidOperationException($"unknown size rule {Kind}"),
    };
}
