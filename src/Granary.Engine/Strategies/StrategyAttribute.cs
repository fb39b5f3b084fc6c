namespace Granary.Engine.Strategies;

/// <summary>Catalogue entry of a strategy. Its name is the class's; parameters, defaults and ranges are the constructor's.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class StrategyAttribute(string summary) : Attribute
{
    /// <summary>The strategy's summary, one sentence.</summary>
    public string Summary { get; } = summary;

    /// <summary>The markets in which it makes money, and why.</summary>
    public string WorksIn { get; init; } = "";

    /// <summary>The markets in which it loses money, and why.</summary>
    public string LosesIn { get; init; } = "";

    /// <summary>Publication that describes the strategy; empty if there is none.</summary>
    public string Source { get; init; } = "";
}
