using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the positions in one instrument by a percentage of the equity.</summary>
[PortfolioRule("maxSymbolPercent", "Bounds the positions in each symbol.", Order = 140, Refusal = "max-symbol",
    RefusalTitle = "symbol limit", RefusalSentence = "The symbol's positions would exceed limits.maxSymbolPercent.",
    IsLargePercentage = true)]
internal sealed class SymbolLimit : IPortfolioRule
{
    private IReadOnlyList<string> _symbols = [];

    [Key("that takes the positions in one symbol, longs plus shorts, beyond this percentage of the equity"), Range(0, 1e6)]
    public required double MaxSymbolPercent { get; init; }

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _symbols = context.Symbols;
        return [this];
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var open = portfolio.ValueIn(scope.Market);
        return new(scope.CountsReserved ? open + portfolio.ReservedIn(scope.Market) : open, MaxSymbolPercent * (portfolio.Equity / 100));
    }

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
        [RuleUse.Largest("One symbol", _symbols.Select((symbol, i) => (symbol, portfolio.ValueIn(i))), MaxSymbolPercent, portfolio)];
}
