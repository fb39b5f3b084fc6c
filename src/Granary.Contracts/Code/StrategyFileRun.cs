namespace Granary.Contracts.Code;

/// <summary>A strategy file with what its batch needs beside the settings in the file's comment <c>granary:</c>.</summary>
/// <param name="Data">Address of the bars, as in <c>data.source</c> of a batch; null = the comment's.</param>
/// <param name="Symbols">null = the comment's, or all that the source has.</param>
/// <param name="Timeframe">null = the comment's, or that of the source.</param>
/// <param name="Class">Name of the strategy's class; null = the only one of the file.</param>
/// <param name="Values">By the name of a parameter, as <c>5..50:5</c>, <c>5,10</c> or <c>5</c>; null = the defaults.</param>
/// <inheritdoc cref="StrategyFile"/>
public sealed record StrategyFileRun(string Name, string Source, string? Data = null, IReadOnlyList<string>? Symbols = null,
    string? Timeframe = null, string? Class = null, IReadOnlyDictionary<string, string>? Values = null);
