namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>A study's figures of one quantile over one horizon.</summary>
internal sealed class QuantileFigures
{
    internal QuantileFigures(int quantile, LongRunMean returns, LongRunMean demeaned, double turnover) =>
        (Quantile, Return, Demeaned, Turnover) = (quantile, returns, demeaned, turnover);

    /// <summary>From 1, the lowest values.</summary>
    public int Quantile { get; }

    /// <summary>Mean over dates of the mean return of its symbols.</summary>
    public LongRunMean Return { get; }

    /// <summary>The same for returns minus the mean of all symbols, or of the group.</summary>
    public LongRunMean Demeaned { get; }

    /// <summary>Mean share of its symbols that were not in it a horizon before; NaN without two such dates.</summary>
    public double Turnover { get; }
}
