namespace Granary.Data.Lean;

/// <summary>Contracts in LEAN's zips of futures, which hold a text for each: 20131007_gc_minute_trade_201312.csv.</summary>
internal static class LeanFuture
{
    /// <summary>"gc" of "gc-201312"; null where the symbol does not end in a year and month.</summary>
    public static string? Root(string symbol)
    {
        var dash = symbol.LastIndexOf('-');
        return dash > 0 && symbol.Length - dash == 7 && symbol.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? symbol[..dash]
            : null;
    }

    /// <summary>Which text of a future's zip holds the contract that the symbol names; null for everything else.</summary>
    public static Func<string, bool>? Contract(string path, string symbol)
    {
        if (Root(symbol) is null || LeanLocation.Of(path) is not { SecurityType: "future" }) return null;
        var ending = "_" + symbol[(symbol.LastIndexOf('-') + 1)..] + ".csv";
        return entry => entry.EndsWith(ending, StringComparison.Ordinal);
    }
}
