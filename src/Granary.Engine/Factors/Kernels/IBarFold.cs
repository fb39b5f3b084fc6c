namespace Granary.Engine.Factors.Kernels;

/// <summary>A state that makes one value of each bar.</summary>
internal interface IBarFold
{
    /// <summary>Takes the next bars and gives one value for each; NaN until there is one.</summary>
    /// <param name="results">As many as there are bars.</param>
    void Next(in FactorInput bars, Span<double> results);
}
