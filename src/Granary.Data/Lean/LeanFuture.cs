namespace Granary.Data.Lean;

/// <summary>Finds contracts in LEAN's zips of futures, which hold one text for each contract, such as
/// 20131007_gc_minute_trade_201312.csv.</summary>
internal static class LeanFuture
{
    /// <summary>The root of a contract symbol, such as "gc" for "gc-201312"; null if the symbol does not end in a year and month.</summary>
    public static string? Root(string symbol)
    {
        var dash = symbol.LastIndexOf('-');
        return dash > 0 && symbol.Length - dash == 7 && symbol.AsSpan(dash + 1).IndexOfAnyExceptInRange('0', '9') < 0 ? symbol[..dash]
            : null;
    }

    /// <summary>Selects the text of a future's zip that holds the contract named by the symbol; null for everything else.</summary>
    public static Func<string, bool>? Contract(string path, string symbol)
    {
        if (Root(symbol) is null || LeanLocation.Of(path) is not { SecurityType: "future" }) return null;
        var ending = "_" + symbol[(symbol.LastIndexOf('-') + 1)..] + ".csv";
        return entry => entry.EndsWith(ending, StringComparison.Ordinal);
    }
}
