using Granary.Engine.Portfolio.Rules;
using Granary.Engine.Trading;

namespace Granary.Learning.Features;

/// <summary>Input of a risk model at an entry: features of the entry's market, the entry's side, and features of the portfolio.</summary>
/// <param name="Market">Features of the market's bars up to the signal.</param>
/// <param name="Portfolio">Features of the portfolio before the entry.</param>
internal sealed record EntryFeatures(FeatureSet Market, IReadOnlyList<PortfolioFeature> Portfolio)
{
    /// <summary>The names of all features in the order of a row.</summary>
    public IReadOnlyList<string> Names { get; } = [.. Market.Names, FeatureTable.Side, .. Portfolio.Select(f => f.Name)];

    /// <summary>Writes the row of an entry; values that are not known yet are NaN.</summary>
    /// <param name="market">The market's features at its last bar.</param>
    /// <param name="row">The target, as long as <see cref="Names"/>.</param>
    public void Write(ReadOnlySpan<double> market, Side side, in PortfolioState state, Span<double> row)
    {
        market.CopyTo(row);
        row[market.Length] = (int)side;
        for (var f = 0; f < Portfolio.Count; f++) row[market.Length + 1 + f] = Portfolio[f].Of(state);
    }
}
