using Granary.Engine.Catalogues;
using Granary.Engine.Market;

namespace Granary.Engine.Portfolio.Rules;

/// <summary>Bounds the positions in each currency other than the account's by a percentage of the equity.</summary>
[PortfolioRule("maxCurrencyPercent", "Bounds the positions in each other currency.", Order = 145, Refusal = "max-currency",
    RefusalTitle = "currency limit", RefusalSentence = "The positions in the symbol's currency would exceed limits.maxCurrencyPercent.",
    IsLargePercentage = true)]
internal sealed class CurrencyLimit : IPortfolioRule
{
    private int _markets;

    [Key("that takes the positions in one currency other than the account's, longs plus shorts, beyond this percentage of the equity"),
        Range(0, 1e6)]
    public required double MaxCurrencyPercent { get; init; }

    public IReadOnlyList<IPortfolioRule> Begin(RuleContext context)
    {
        _markets = context.Symbols.Count;
        return [this];
    }

    public ValueBound BoundOf(in PositionScope scope, IPortfolioView portfolio)
    {
        var instrument = portfolio.InstrumentOf(scope.Market);
        if (!instrument.Rates.IsForeign) return ValueBound.None;
        return new(ValueIn(CurrencyOf(instrument), portfolio, scope.CountsReserved), MaxCurrencyPercent * (portfolio.Equity / 100));
    }

    public IEnumerable<RuleUse> Uses(IPortfolioView portfolio)
    {
        var currencies = Enumerable.Range(0, _markets).Select(portfolio.InstrumentOf).Where(i => i.Rates.IsForeign).Select(CurrencyOf)
            .Distinct(StringComparer.Ordinal);
        return [RuleUse.Largest("One currency", currencies.Select(c => (c, ValueIn(c, portfolio, false))), MaxCurrencyPercent, portfolio)];
    }

    private double ValueIn(string currency, IPortfolioView portfolio, bool countsReserved)
    {
        var sum = 0.0;
        for (var market = 0; market < _markets; market++)
        {
            var instrument = portfolio.InstrumentOf(market);
            if (!instrument.Rates.IsForeign || CurrencyOf(instrument) != currency) continue;
            sum += portfolio.ValueIn(market);
            if (countsReserved) sum += portfolio.ReservedIn(market);
        }
        return sum;
    }

    // Pence are pounds.
    private static string CurrencyOf(Instrument instrument) => CurrencyUnit.Whole(CurrencyUnit.Of(instrument.Currency)).Currency;
}
