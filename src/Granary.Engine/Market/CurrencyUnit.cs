using System.Collections.Frozen;

namespace Granary.Engine.Market;

/// <summary>Compares currencies of amounts that are added up one to one.</summary>
internal static class CurrencyUnit
{
    private const string Dollar = "USD";

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

    /// <summary>Whether a text can be the code of a currency: three letters or digits or more, of which the first is a letter.</summary>
    public static bool IsCode(string currency) => Of(currency) is [>= 'A' and <= 'Z', _, _, ..] unit && unit.All(char.IsAsciiLetterOrDigit);

    /// <summary>Returns the currency of a unit that is a part of it, and that part: a penny is a hundredth of a pound.</summary>
    /// <param name="unit">Of <see cref="Of"/>.</param>
    public static (string Currency, double Part) Whole(string unit) => unit switch
    {
        "GBX" => ("GBP", 0.01),
        "ZAC" => ("ZAR", 0.01),
        "ILA" => ("ILS", 0.01),
        _ => (unit, 1),
    };

    /// <summary>Returns the first amount of each unit, such as "ACME in USD, TM in JPY"; null if there is one unit.</summary>
    /// <param name="amounts">Names, such as symbols, with their currencies.</param>
    public static string? Different(IEnumerable<(string Name, string Currency)> amounts)
    {
        var units = amounts.DistinctBy(a => Of(a.Currency), StringComparer.Ordinal).ToList();
        return units.Count > 1 ? string.Join(", ", units.Select(u => $"{u.Name} in {u.Currency}")) : null;
    }
}
