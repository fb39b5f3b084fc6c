namespace Granary.Data.Text;

/// <summary>Splits symbols of crypto exchanges into their two currencies.</summary>
internal static class PairSymbol
{
    // Longest first, so that BTCUSDT is split into BTC and USDT, not into BTCUSD and T.
    private static readonly string[] _quotes = ["FDUSD", "USDT", "USDC", "BUSD", "TUSD", "USD", "EUR", "GBP", "TRY", "BTC", "ETH", "BNB",
        "KCS", "GT"];

    /// <summary>Splits BTCUSDT, BTC/USDT, BTC-USDT or BTC_USDT; null if it is unclear where the base ends.</summary>
    public static (string Coin, string Quote)? Split(string symbol)
    {
        var upper = symbol.ToUpperInvariant();
        var cut = upper.IndexOfAny(['/', '-', '_']);
        // Other characters in an outside name could address another channel.
        if (cut > 0 && cut < upper.Length - 1 && IsPlain(upper[..cut]) && IsPlain(upper[(cut + 1)..]))
            return (upper[..cut], upper[(cut + 1)..]);
        return _quotes.FirstOrDefault(q => upper.Length > q.Length && upper.EndsWith(q, StringComparison.Ordinal)) is { } quote
            && IsPlain(upper) ? (upper[..^quote.Length], quote) : null;
    }

    private static bool IsPlain(string text) => text.All(char.IsAsciiLetterOrDigit);
}
