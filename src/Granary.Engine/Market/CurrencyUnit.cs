using System.Collections.Frozen;

namespace Granary.Engine.Market;

/// <summary>Compares currencies of amounts that are added up one to one.</summary>
public static class CurrencyUnit
{
    private const string Dollar = "USD";

    // Codes of the pairs that brokers of foreign exchange and metals quote; metals are first in their pairs.
    private static readonly FrozenSet<string> _codes = FrozenSet.Create(StringComparer.Ordinal, "AUD", "BRL", "CAD", "CHF", "CNH", "CNY",
        "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "ILS", "INR", "JPY", "KRW", "MXN", "NOK", "NZD", "PLN", "RON", "RUB", "SEK", "SGD", "THB",
        "TRY", Dollar, "ZAR");

    /// <summary>
    /// Returns the unit of amounts in a currency. Coins that their issuer redeems at one dollar are dollars. Pence (GBp, GBX), South
    /// African cents (ZAc) and agorot (ILA) are other units than pounds, rands and shekels.
    /// </summary>
    /// <param name="currency">A code such as "EUR"; only the codes of pence and cents depend on its case.</param>
    public static string Of(string currency)
    {
        var name = currency.Trim();
        return name switch
        {
            "GBp" => "GBX",
            "ZAc" => "ZAC",
            _ => name.ToUpperInvariant() switch
            {
                "USDT" or "USDC" or "BUSD" or "TUSD" or "FDUSD" or "USDP" or "PYUSD" or "DAI" => Dollar,
                var other => other,
            },
        };
    }

    /// <summary>
    /// Returns the currency in which a pair of two currencies, or of a metal and a currency, is quoted; null if the symbol is no pair.
    /// </summary>
    /// <param name="symbol">Such as USDJPY, USD/JPY, XAUEUR.</param>
    public static string? OfPair(string symbol)
    {
        if (symbol.Length is < 6 or > 7 || (symbol.Length == 7 && char.IsLetterOrDigit(symbol[3]))) return null;
        var (first, second) = (symbol[..3].ToUpperInvariant(), symbol[^3..].ToUpperInvariant());
        return _codes.Contains(second) && (_codes.Contains(first) || first is "XAU" or "XAG" or "XPT" or "XPD") ? second : null;
    }

    /// <summary>Returns the first amount of each unit, such as "ACME in USD, TM in JPY"; null if there is one unit.</summary>
    /// <param name="amounts">Names, such as symbols, with their currencies.</param>
    public static string? Different(IEnumerable<(string Name, string Currency)> amounts)
    {
        var units = amounts.DistinctBy(a => Of(a.Currency), StringComparer.Ordinal).ToList();
        return units.Count > 1 ? string.Join(", ", units.Select(u => $"{u.Name} in {u.Currency}")) : null;
    }
}
