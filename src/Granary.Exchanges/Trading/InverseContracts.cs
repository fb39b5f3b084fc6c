namespace Granary.Exchanges.Trading;

/// <summary>
/// Finds inverse contracts among the instruments that a configuration names: their margin and profits are in the coin, not in the currency
/// of their prices, so no amount of Granary would be right.
/// </summary>
internal static class InverseContracts
{
    /// <summary>Returns why a symbol cannot be traded; null if it is no inverse contract.</summary>
    /// <param name="name">The market, as <c>--broker</c> names it.</param>
    public static string? FaultOf(string name, IReadOnlyList<VenueInstrument> listed, string symbol)
    {
        var plain = VenueInstrument.Plain(symbol);
        var linear = listed.Where(i => !i.IsInverse).ToList();
        if (linear.Exists(i => Names(i).Contains(plain))) return null;
        if (listed.FirstOrDefault(i => i.IsInverse && Names(i).Contains(plain)) is { } inverse)
            return Sentence(name, symbol, linear.FirstOrDefault(i => i.Base == inverse.Base));
        // Exchanges list contracts in coins elsewhere: BTC_USD, BTCUSD_PERP and XBTUSD beside BTC_USDT.
        if (linear.TrueForAll(i => i.MaxLeverage == 1)) return null;
        var pair = plain.EndsWith("PERP", StringComparison.Ordinal) ? plain[..^4] : plain;
        if (pair.StartsWith("XBT", StringComparison.Ordinal)) pair = "BTC" + pair[3..];
        return pair.EndsWith("USD", StringComparison.Ordinal) && linear.Find(i => i.Base == pair[..^3]) is { } same
            ? Sentence(name, symbol, same) : null;
    }

    private static string[] Names(VenueInstrument instrument) =>
        [VenueInstrument.Plain(instrument.Base + instrument.Quote), VenueInstrument.Plain(instrument.Listed)];

    private static string Sentence(string name, string symbol, VenueInstrument? linear) =>
        $"broker '{name}': {symbol} is an inverse contract, whose margin and profits are in its coin; "
        + (linear is null ? "trade a contract that is settled in the currency of its prices"
            : $"trade {linear.Base}{linear.Quote}, which is settled in {linear.Quote}");
}
