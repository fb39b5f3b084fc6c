using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the positions in an instrument and in all that move with it by a percentage of the equity.</summary>
[PortfolioRule("maxCorrelatedPercent", "Bounds the positions in symbols that move together.", Order = 130, Refusal = "max-correlated",
    RefusalSentence = "Symbols that move together would exceed limits.maxCorrelatedPercent.")]
internal sealed class CorrelatedLimit : IPortfolioRule
{
    private DailyReturns? _returns;
    private IReadOnlyList<string> _symbols = [];
    // By instrument: itself and those that move with it.
    private int[][] _movesWith = [];

    [Key("that takes a symbol and its correlated ones beyond this percentage of the equity"), Range(0, 1e6)]
    public required double MaxCorrelatedPercent { get; init; }

    [Key("never; the least absolute correlation of daily returns at which two symbols are correlated"), Range(0, 1)]
    public double Correlation { get; init; } = 0.8;

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        (_symbols, _returns) = (context.Symbols, context.Returns);
        _movesWith = [.. _symbols.Select((_, i) => new[] { i })];
        return [this];
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio) =>
        new(portfolio.ValueIn(_movesWith[scope.Market], scope.CountsReserved), MaxCorrelatedPercent * (portfolio.Equity / 100));

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio) =>
    [
        RuleUse.Largest("Symbols that move together", _movesWith.Select(markets => (string.Join(", ", markets.Select(m => _symbols[m])),
            portfolio.ValueIn(markets, countsReserved: false))), MaxCorrelatedPercent, portfolio),
    ];

    public void OnNewDay(long day, IPortfolioView portfolio)
    {
        for (var i = 0; i < _movesWith.Length; i++)
            _movesWith[i] =
                [.. Enumerable.Range(0, _movesWith.Length).Where(k => k == i || Math.Abs(_returns!.Correlation(i, k)) >= Correlation)];
    }
}
