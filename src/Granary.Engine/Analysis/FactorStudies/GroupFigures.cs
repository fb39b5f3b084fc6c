namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>A study's figures of one factor over one horizon within a group of symbols.</summary>
internal sealed class GroupFigures
{
    internal GroupFigures(string name, LongRunMean ic, IReadOnlyList<LongRunMean> quantiles) =>
        (Name, Ic, Quantiles) = (name, ic, quantiles);

    /// <summary>Name of the group.</summary>
    public string Name { get; }

    /// <summary>The information coefficient within the group, on dates on which it has as many symbols as there are quantiles.</summary>
    public LongRunMean Ic { get; }

    /// <summary>The demeaned returns of its symbols in each quantile of all symbols, lowest values first.</summary>
    public IReadOnlyList<LongRunMean> Quantiles { get; }
}
