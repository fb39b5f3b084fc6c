namespace Granary.Engine.Factors;

/// <summary>Reads factors at the bar that is being processed: the values that are written beside a signal.</summary>
internal interface IFactorReader
{
    /// <summary>As the strategy declared them.</summary>
    IReadOnlyList<string> FactorNames { get; }

    /// <summary>Copies the current values of the factors; NaN for a factor without one.</summary>
    void ReadFactors(Span<double> values);
}
