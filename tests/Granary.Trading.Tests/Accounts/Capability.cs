namespace Granary.Trading.Tests.Accounts;

/// <summary>
/// A part of a drawn batch that can be taken out: keys of the batch file, with the tables and facts of the market that they need.
/// </summary>
/// <param name="Name">As the counts name it.</param>
internal sealed record Capability(string Name)
{
    /// <summary>Paths of keys and their values in JSON; <c>strategy.</c> stands for the keys of each strategy.</summary>
    public IReadOnlyList<(string Path, string Json)> Keys { get; init; } = [];

    /// <summary>Tables by the names of their files.</summary>
    public IReadOnlyList<(string File, string Text)> Tables { get; init; } = [];

    /// <summary>Splits and dividends: symbol, date, new shares for one old, cash per share.</summary>
    public IReadOnlyList<(string Symbol, DateTime Date, double Ratio, double Dividend)> Actions { get; init; } = [];

    /// <summary>Bars that the market does not have.</summary>
    public IReadOnlyList<(string Symbol, int Index)> Missing { get; init; } = [];
}
