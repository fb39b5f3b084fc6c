using System.Globalization;
using Granary.Engine.Market;

namespace Granary.Data.Lean;

/// <summary>
/// Properties of a file that follow from its path in a LEAN data folder: …/equity/usa/daily/spy.zip,
/// …/forex/oanda/minute/eurusd/20140501_quote.zip.
/// </summary>
internal sealed record LeanLocation(string SecurityType, string Market, string Resolution, string Ticker, int? Day, bool Quotes,
    string MarketFolder)
{
    private static readonly string[] SecurityTypes = ["equity", "forex", "crypto", "cryptofuture", "future", "cfd", "index"];
    private static readonly string[] Resolutions = ["daily", "hour", "minute", "second"];

    /// <summary>Stock prices are in units of 10⁻⁴.</summary>
    public int PriceScale => SecurityType == "equity" ? 4 : 0;

    /// <summary>The time zone of the times, as in LEAN's market-hours-database.json; null is UTC.</summary>
    public string? TimeZone => (SecurityType, Market) switch
    {
        ("equity", "india") or ("index", "india") or ("future", "india") => "Asia/Kolkata",
        ("equity", _) or ("index", "usa") => "America/New_York",
        ("forex", "fxcm") => "Etc/GMT+5",
        _ => null,
    };

    public Instrument Template
    {
        get
        {
            var upper = Ticker.ToUpperInvariant();
            var currency = SecurityType is "forex" or "crypto" or "cryptofuture" && upper.Length >= 6
                ? new[] { "USDT", "USDC", "BUSD" }.FirstOrDefault(c => upper.EndsWith(c, StringComparison.Ordinal)) ?? upper[^3..]
                : Market == "india" ? "INR" : "USD";
            // Daily bars are at UTC midnight, so only intraday bars have local times.
            var session = SecurityType == "equity" && Market == "usa" && Resolution is "minute" or "hour";
            return new Instrument
            {
                Symbol = "",
                Venue = Market.ToUpperInvariant(),
                Currency = currency,
                Calendar = session ? SessionCalendar.NewYork() : SessionCalendar.Continuous
            };
        }
    }

    /// <returns>Null if the path is not in a LEAN folder.</returns>
    public static LeanLocation? Of(string path)
    {
        var full = Path.GetFullPath(path);
        var parts = full.Split(Path.DirectorySeparatorChar);
        // A file of one day is in its ticker's folder below the resolution; all others are directly in the resolution's folder.
        foreach (var at in (ReadOnlySpan<int>)[parts.Length - 3, parts.Length - 2])
        {
            if (at < 2 || !Resolutions.Contains(parts[at]) || !SecurityTypes.Contains(parts[at - 2])) continue;
            if (Name(parts, at) is { } found) return found with { MarketFolder = string.Join(Path.DirectorySeparatorChar, parts[..at]) };
        }
        return null;
    }

    private static LeanLocation? Name(string[] parts, int resolution)
    {
        var file = Path.GetFileNameWithoutExtension(parts[^1]);
        var type = parts[resolution - 2];
        var market = parts[resolution - 1];
        var pieces = file.Split('_');
        if (parts[resolution] is "daily" or "hour")
        {
            if (parts.Length - 1 != resolution + 1) return null;
            var quotes = pieces[^1] == "quote" || type is "forex" or "cfd" && pieces[^1] != "trade";
            return new LeanLocation(type, market, parts[resolution], pieces[0], null, quotes, "");
        }
        if (parts.Length - 1 != resolution + 2 || pieces.Length < 2 || pieces[1] is not ("trade" or "quote")) return null;
        if (!DateOnly.TryParseExact(pieces[0], "yyyyMMdd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)) return null;
        return new LeanLocation(type, market, parts[resolution], parts[resolution + 1], day.DayNumber, pieces[1] == "quote", "");
    }
}
