namespace Granary.Engine.Portfolio.Rules;

/// <summary>Refuses the entries that the strategy's model refuses.</summary>
internal sealed class ModelVeto : IPortfolioRule
{
    public bool Admits(in EntryRequest entry, IPortfolioView portfolio) => entry.Signal.SizeFactor != 0;
}
