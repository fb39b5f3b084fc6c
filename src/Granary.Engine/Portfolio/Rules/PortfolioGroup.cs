using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Symbols that share a limit.</summary>
internal sealed record PortfolioGroup
{
    [Key("the symbols of the group")]
    public required IReadOnlyList<string> Symbols { get; init; }

    [Key("longs plus shorts, in percent of the equity", Without = "no limit"), Range(0, 1e6)]
    public double? MaxPercent { get; init; }

    [Key("trades open at once", Without = "no limit"), Range(0, int.MaxValue)]
    public int? MaxPositions { get; init; }
}
