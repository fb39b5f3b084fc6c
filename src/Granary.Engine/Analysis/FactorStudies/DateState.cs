namespace Granary.Engine.Analysis.FactorStudies;

/// <summary>The use of a date for a factor.</summary>
internal enum DateState : byte
{
    /// <summary>No symbol has both a value and all returns: the factor is not warm, or the returns end after the bars.</summary>
    Empty,

    /// <summary>Fewer symbols than <see cref="FactorStudySettings.FewestSymbols"/>.</summary>
    Few,

    /// <summary>All symbols have one value, so no rank exists.</summary>
    Constant,

    /// <summary>Ranks exist, but too many equal values for quantiles.</summary>
    Ranked,

    /// <summary>Ranks and quantiles exist.</summary>
    Whole,
}
