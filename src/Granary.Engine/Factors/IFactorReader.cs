namespace Granary.Engine.Factors;

/// <summary>Reads factors at the bar that is being processed: the values that are written beside a signal.</summary>
public interface IFactorReader
{
    /// <summary>As the strategy declared them.</summary>
    IReadOnlyList<string> FactorNames { get; }

    /// <summary>Their values now; NaN where there is none.</summary>
    void ReadFactors(Span<double> values);
}
