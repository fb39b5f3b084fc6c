using System.Collections.Frozen;

namespace Granary.Engine.Market;

/// <summary>Finds the currency of a symbol's prices in its name, as brokers, exchanges and vendors of data write it.</summary>
internal static class QuoteCurrency
{
    // Codes of the pairs that brokers of foreign exchange and metals quote; metals are first in their pairs.
    private static readonly FrozenSet<string> s_money = FrozenSet.Create(StringComparer.Ordinal, "AED", "ARS", "AUD", "BRL", "CAD", "CHF",
        "CLP", "CNH", "CNY", "COP", "CZK", "DKK", "EUR", "GBP", "HKD", "HUF", "IDR", "ILS", "INR", "JPY", "KRW", "MXN", "MYR", "NGN", "NOK",
        "NZD", "PHP", "PLN", "RON", "RUB", "SAR", "SEK", "SGD", "THB", "TRY", "TWD", "UAH", "USD", "VND", "ZAR");

    private static readonly FrozenSet<string> s_coins = FrozenSet.Create(StringComparer.Ordinal, "AAVE", "ADA", "ALGO", "APT", "ARB",
        "ATOM", "AVAX", "AXS", "BAT", "BCH", "BNB", "BONK", "BTC", "CHZ", "COMP", "CRV", "DASH", "DOGE", "DOT", "EGLD", "ENJ", "EOS", "ETC",
        "ETH", "FIL", "FLOW", "FTM", "GALA", "GRT", "HBAR", "ICP", "IMX", "INJ", "KSM", "LDO", "LINK", "LTC", "MANA", "MATIC", "MKR",
        "NEAR", "NEO", "PEPE", "POL", "RUNE", "SAND", "SEI", "SHIB", "SNX", "SOL", "STX", "SUI", "THETA", "TIA", "TON", "TRX", "UNI", "VET",
        "WBTC", "WLD", "XBT", "XLM", "XMR", "XRP", "XTZ", "ZEC", "ZRX");

    private static readonly FrozenSet<string> s_metals = FrozenSet.Create(StringComparer.Ordinal, "XAG", "XAU", "XPD", "XPT");

    private static readonly FrozenSet<string> s_stable = FrozenSet.Create(StringComparer.Ordinal, "BUSD", "DAI", "EURC", "EURT", "FDUSD",
        "PYUSD", "TUSD", "USDC", "USDP", "USDT", "XSGD");

    // Endings of exchanges, as Yahoo and Reuters write them; London quotes in pence, Johannesburg in cents, Tel Aviv in agorot.
    private static readonly FrozenDictionary<string, string> s_exchanges = new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AE"] = "AED",
        ["AS"] = "EUR",
        ["AT"] = "EUR",
        ["AX"] = "AUD",
        ["BD"] = "HUF",
        ["BE"] = "EUR",
        ["BK"] = "THB",
        ["BO"] = "INR",
        ["BR"] = "EUR",
        ["CN"] = "CAD",
        ["CO"] = "DKK",
        ["DE"] = "EUR",
        ["DU"] = "EUR",
        ["F"] = "EUR",
        ["HE"] = "EUR",
        ["HK"] = "HKD",
        ["HM"] = "EUR",
        ["IR"] = "EUR",
        ["IS"] = "TRY",
        ["JK"] = "IDR",
        ["JO"] = "ZAC",
        ["KL"] = "MYR",
        ["KQ"] = "KRW",
        ["KS"] = "KRW",
        ["L"] = "GBX",
        ["LS"] = "EUR",
        ["MC"] = "EUR",
        ["MI"] = "EUR",
        ["MU"] = "EUR",
        ["MX"] = "MXN",
        ["NE"] = "CAD",
        ["NS"] = "INR",
        ["NZ"] = "NZD",
        ["OL"] = "NOK",
        ["PA"] = "EUR",
        ["PR"] = "CZK",
        ["RO"] = "RON",
        ["SA"] = "BRL",
        ["SI"] = "SGD",
        ["SN"] = "CLP",
        ["SR"] = "SAR",
        ["SS"] = "CNY",
        ["ST"] = "SEK",
        ["SW"] = "CHF",
        ["SZ"] = "CNY",
        ["T"] = "JPY",
        ["TA"] = "ILA",
        ["TO"] = "CAD",
        ["TW"] = "TWD",
        ["TWO"] = "TWD",
        ["V"] = "CAD",
        ["VI"] = "EUR",
        ["VN"] = "VND",
        ["WA"] = "PLN",
        ["XETRA"] = "EUR",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Returns the currency that a name shows; null if it shows none.</summary>
    /// <param name="symbol">
    /// Such as <c>USDJPY</c>, <c>EUR/GBP</c>, <c>BTC-EUR</c>, <c>BTCJPY</c>, <c>USDJPY=X</c>, <c>OANDA:EUR_USD</c>, <c>EURUSD.pro</c>,
    /// <c>BTC/EUR:EUR</c>, <c>7203.T</c>.
    /// </param>
    public static string? Of(string symbol)
    {
        var name = WithoutVenue(symbol);
        return PairOf(name)?.Quote ?? Exchange(name) ?? QuoteOnly(name);
    }

    /// <summary>
    /// Returns the currency of the exchange's ending where the name also shows a pair with another one, as <c>EURUSD.T</c>; null if the
    /// name has one reading.
    /// </summary>
    public static string? OtherReading(string symbol)
    {
        var name = WithoutVenue(symbol);
        return PairOf(name) is { } pair && Exchange(name) is { } exchange && exchange != pair.Quote ? exchange : null;
    }

    /// <summary>Returns the currencies or coins of a pair, as its name shows them; null if it is no pair.</summary>
    /// <inheritdoc cref="Of"/>
    public static (string Base, string Quote)? PairOf(string symbol)
    {
        symbol = WithoutVenue(symbol);
        // Yahoo: EURJPY=X, and JPY=X for the price of a dollar.
        if (symbol.EndsWith("=X", StringComparison.OrdinalIgnoreCase))
            return symbol.Length == 5 && Money(symbol[..3]) is { } single ? ("USD", single) : OfPair(symbol[..^2]);
        return OfPair(symbol);
    }

    // ccxt writes what a contract is settled in behind a colon, others write the venue before one.
    private static string WithoutVenue(string symbol) =>
        !symbol.Contains('/', StringComparison.Ordinal) && symbol.LastIndexOf(':') is >= 0 and var colon ? symbol[(colon + 1)..] : symbol;

    private static string? Exchange(string symbol) => symbol.LastIndexOf('.') is > 0 and var point
        ? s_exchanges.GetValueOrDefault(symbol[(point + 1)..].ToUpperInvariant()) : null;

    // Something unknown in a known currency, such as ACME/EUR.
    private static string? QuoteOnly(string symbol) =>
        symbol.Split('/') is [_, var second] && Unit(second.Split(':')[0].ToUpperInvariant()) is { } unit ? unit : null;

    private static (string Base, string Quote)? OfPair(string symbol)
    {
        // Brokers add letters or signs to the names: EURUSD.pro, EURUSDm, EURUSD_i, EURUSD#.
        var plain = symbol.Length > 6 && symbol[..6].All(char.IsAsciiLetterUpper) && Joined(symbol[..6]) is { } quoted
            && (!char.IsAsciiLetterUpper(symbol[6]) && !char.IsAsciiDigit(symbol[6])) ? quoted : ((string, string)?)null;
        if (plain is not null) return plain;
        var parts = symbol.Split('/', '-', '_', ':', '.');
        if (parts.Length == 1) return Joined(symbol);
        var (first, second) = (parts[0].ToUpperInvariant(), parts[1].ToUpperInvariant());
        // A share class, such as BRK-B, is no pair.
        return Unit(second) is { } unit && IsPriced(first) ? (first, unit)
            : symbol.Contains('/', StringComparison.Ordinal) ? null : Joined(parts[0]);
    }

    // A pair without a separator: two currencies, or a known coin or metal and a currency.
    private static (string Base, string Quote)? Joined(string symbol)
    {
        var name = symbol.ToUpperInvariant();
        for (var length = 3; length <= 5 && length < name.Length - 1; length++)
        {
            var (first, second) = (name[..^length], name[^length..]);
            if (Unit(second) is { } unit && IsPriced(first)) return (first, unit);
        }
        return null;
    }

    private static string? Money(string name) => s_money.Contains(name.ToUpperInvariant()) ? name.ToUpperInvariant() : null;

    // Coins are also money, as in ETHBTC.
    private static string? Unit(string name) =>
        s_money.Contains(name) || s_stable.Contains(name) || name is "BTC" or "XBT" or "ETH" or "BNB" ? name : null;

    // Whether a name can be the first of a pair.
    private static bool IsPriced(string name) =>
        s_money.Contains(name) || s_stable.Contains(name) || s_metals.Contains(name) || s_coins.Contains(name);
}
