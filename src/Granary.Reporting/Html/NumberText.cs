using System.Globalization;
using System.Text;
using Granary.Engine.Analysis;

namespace Granary.Reporting.Html;

/// <summary>Numbers and times as a reader wants them. A value that is undefined is an en dash; a negative one has a true minus sign.</summary>
public static class NumberText
{
    public const string Undefined = "–";

    private static readonly CultureInfo _culture = CultureInfo.InvariantCulture;

    /// <summary>0.1234 → 12.34%.</summary>
    public static string Percent(double fraction, int digits = 2) => Plain(fraction * 100, Digits(fraction, digits), "%");

    /// <summary>With the sign that tells gain from loss where colours do not.</summary>
    public static string SignedPercent(double fraction, int digits = 2) => Signed(fraction * 100, Digits(fraction, digits), "%");

    public static string Ratio(double value, int digits = 2) => Plain(value, digits, "");

    public static string SignedRatio(double value, int digits = 2) => Signed(value, digits, "");

    /// <summary>Account currency: whole units from a thousand on, else two digits.</summary>
    public static string Money(double value) => Plain(value, Math.Abs(value) >= 1000 ? 0 : 2, "");

    public static string SignedMoney(double value) => Signed(value, Math.Abs(value) >= 1000 ? 0 : 2, "");

    public static string Count(long value) => value.ToString("#,0", _culture);

    /// <summary>Up to seven significant digits, as prices and parameters have them.</summary>
    public static string Price(double value)
    {
        if (!double.IsFinite(value)) return Undefined;
        var size = Math.Abs(value);
        var text = size switch
        {
            0 => "0",
            >= 1e7 => value.ToString("#,0", _culture),
            >= 1000 => value.ToString("#,0.##", _culture),
            >= 1 => value.ToString("0.####", _culture),
            _ => value.ToString("0.########", _culture),
        };
        return Minus(text);
    }

    /// <summary>For an axis or a key figure: 1.2M, 350k, 12.</summary>
    public static string Compact(double value)
    {
        if (!double.IsFinite(value)) return Undefined;
        var size = Math.Abs(value);
        var (by, unit) = size switch { >= 1e12 => (1e12, "T"), >= 1e9 => (1e9, "B"), >= 1e6 => (1e6, "M"), >= 1e4 => (1e3, "k"), _ => (1d, "") };
        return Minus((value / by).ToString(by == 1 ? "#,0.####" : "0.##", _culture)) + unit;
    }

    public static string Days(double days) => double.IsFinite(days) ? days switch
    {
        0 => "0 days",
        < 1 / 24d => $"{(days * 1440).ToString("0", _culture)} min",
        < 2 => $"{(days * 24).ToString("0.#", _culture)} h",
        _ => $"{days.ToString("#,0", _culture)} days",
    } : Undefined;

    public static string Seconds(double seconds) => seconds switch
    {
        < 1 => $"{(seconds * 1000).ToString("0", _culture)} ms",
        < 120 => $"{seconds.ToString("0.0", _culture)} s",
        _ => $"{(seconds / 60).ToString("0.0", _culture)} min",
    };

    public static string Date(long ticks) => new DateTime(ticks).ToString("yyyy-MM-dd", _culture);

    /// <summary>The date alone at midnight, for that is a daily bar's stamp.</summary>
    public static string Time(long ticks) => new DateTime(ticks).ToString(ticks % TimeSpan.TicksPerDay == 0 ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm", _culture);

    public static string Clock(DateTime time) => time.ToString("yyyy-MM-dd HH:mm", _culture);

    public static string Exact(double value) => value.ToString("G6", _culture);

    /// <summary>The class of a cell by the sign of its value, as it is shown: what is rounded to zero is neither.</summary>
    public static string Sign(double value, double step = 0.5e-4) => value >= step ? "gain" : value <= -step ? "loss" : "";

    /// <summary>A statistic by its key in results.json.</summary>
    public static string Statistic(string key, double value) => key switch
    {
        "trades" or "periods" or "days" or "daysInMarket" or "points" or "longestWinStreak"
            or "longestLossStreak" => double.IsFinite(value) ? Count((long)value) : Undefined,
        "winRate" or "monthsProfitable" or "weeksProfitable" or "exposure" or "periodsProfitable" or "periodsProfitableInMarket"
            or "daysProfitable" or "daysLosing" or "daysProfitableInMarket" or "daysLosingInMarket" or "grossExposureAverage"
            or "grossExposureMost" or "probabilisticSharpe" or "deflatedSharpe"
            or "probabilityOfOverfitting" => Percent(value, 1),
        "totalReturn" or "cagr" or "alpha" or "bestMonth" or "worstMonth" or "benchmarkReturn" => SignedPercent(value),
        "volatility" or "maxDrawdown" or "var95" or "cvar95" or "var95InMarket" or "cvar95InMarket"
            or "dailyVar95" or "dailyCvar95" or "dailyVar95InMarket" or "dailyCvar95InMarket" or "ulcerIndex" or "trackingError" or "averageAdverse" or "worstAdverse"
            or "averageFavourable" or "bestFavourable" => Percent(value),
        "maxDrawdownDays" or "longestUnderwaterDays" => Days(value),
        "minimumTrackRecordLength" => Ratio(Math.Ceiling(value), 0),
        "periodsPerYear" => Ratio(value, value == Math.Floor(value) ? 0 : 1),
        "averageBars" => Ratio(value, 1),
        "expectancy" or "averageWin" or "averageLoss" or "netProfit" or "largestWin" or "largestLoss" or "carry" => SignedMoney(value),
        "commission" or "finalEquity" or "equityAverage" => Money(value),
        _ => Ratio(value),
    };

    /// <summary>A statistic's key in words.</summary>
    public static string Name(string key) => key switch
    {
        "trades" => "Trades",
        "winRate" => "Win rate",
        "expectancy" => "Expectancy per trade",
        "averageWin" => "Average win",
        "averageLoss" => "Average loss",
        "profitFactor" => "Profit factor",
        "totalReturn" => "Total return",
        "cagr" => "Yearly growth (CAGR)",
        "volatility" => "Volatility",
        "sharpe" => "Sharpe ratio",
        "sortino" => "Sortino ratio",
        "calmar" => "Calmar ratio",
        "maxDrawdown" => "Maximum drawdown",
        "maxDrawdownDays" => "Length of the maximum drawdown",
        "monthsProfitable" => "Months profitable",
        "weeksProfitable" => "Weeks profitable",
        "exposure" => "Time in the market",
        "commission" => "Commission paid",
        "carry" => "Dividends less borrowing and interest",
        "finalEquity" => "Final equity",
        "equityAverage" => "Equity on average",
        "netProfit" => "Net profit, closed trades",
        "trackingError" => "Tracking error",
        "informationRatio" => "Information ratio",
        "beta" => "Beta",
        "alpha" => "Alpha, yearly",
        "correlation" => "Correlation",
        "var95" => "Value at risk, 95%",
        "cvar95" => "Expected shortfall, 95%",
        "var95InMarket" => "Value at risk, 95%, in the market",
        "cvar95InMarket" => "Expected shortfall, 95%, in the market",
        "days" => "Days",
        "daysInMarket" => "Days in the market",
        "daysProfitable" => "Days with a gain",
        "daysLosing" => "Days with a loss",
        "daysProfitableInMarket" => "Days in the market with a gain",
        "daysLosingInMarket" => "Days in the market with a loss",
        "dailyVar95" => "Value at risk of a day, 95%",
        "dailyCvar95" => "Expected shortfall of a day, 95%",
        "dailyVar95InMarket" => "Value at risk of a day in the market, 95%",
        "dailyCvar95InMarket" => "Expected shortfall of a day in the market, 95%",
        "grossExposureAverage" => "Gross exposure on average",
        "grossExposureMost" => "Gross exposure at the most",
        "skew" => "Skewness",
        "kurtosis" => "Kurtosis (normal: 3)",
        "ulcerIndex" => "Ulcer index",
        "omega" => "Omega ratio",
        "longestUnderwaterDays" => "Longest under water",
        "probabilisticSharpe" => "Probability that Sharpe > 0",
        "minimumTrackRecordLength" => "Record needed for 95%",
        "periodsProfitable" => "Periods profitable",
        "periodsProfitableInMarket" => "Periods in the market profitable",
        "excessSharpe" => "Sharpe ratio above the risk-free rate",
        "bestMonth" => "Best month",
        "worstMonth" => "Worst month",
        "periodsPerYear" => "Periods per year",
        "periods" => "Periods",
        "payoff" => "Payoff ratio",
        "longestWinStreak" => "Longest winning streak",
        "longestLossStreak" => "Longest losing streak",
        "largestWin" => "Largest win",
        "largestLoss" => "Largest loss",
        "averageBars" => "Bars held on average",
        "averageAdverse" => "Average adverse excursion",
        "worstAdverse" => "Worst adverse excursion",
        "averageFavourable" => "Average favourable excursion",
        "bestFavourable" => "Best favourable excursion",
        "edgeRatio" => "Edge ratio",
        "deflatedSharpe" => "Deflated Sharpe",
        "probabilityOfOverfitting" => "Probability of overfitting",
        _ => Words(key),
    };

    /// <summary>A sentence from elsewhere, its numbers written as this page writes them: no space before a percent sign, and a minus for a minus.</summary>
    public static string Typeset(string sentence)
    {
        var text = new StringBuilder(sentence.Length);
        for (var i = 0; i < sentence.Length; i++)
        {
            var (before, next) = (i > 0 ? sentence[i - 1] : ' ', i + 1 < sentence.Length ? sentence[i + 1] : ' ');
            if (sentence[i] == ' ' && next == '%' && char.IsAsciiDigit(before)) continue;
            // Not the hyphen within a date or a name.
            text.Append(sentence[i] == '-' && char.IsAsciiDigit(next) && before is ' ' or '(' ? '\u2212' : sentence[i]);
        }
        return text.ToString();
    }

    /// <summary>someKey and some_key → Some key.</summary>
    public static string Words(string key)
    {
        if (key.Length == 0) return key;
        var words = new System.Text.StringBuilder(key.Length + 8);
        for (var i = 0; i < key.Length; i++)
        {
            var c = key[i];
            if (i == 0) words.Append(char.ToUpperInvariant(c));
            else if (c == '_') words.Append(' ');
            else if (char.IsUpper(c) && char.IsLower(key[i - 1])) words.Append(' ').Append(char.ToLowerInvariant(c));
            else words.Append(c);
        }
        return words.ToString();
    }

    /// <summary>The formula behind a key; null where the appendix has none.</summary>
    public static string? FormulaOf(string key)
    {
        foreach (var formula in Formulas.All)
            if (formula.Name == key)
                return formula.Text;
        return null;
    }

    private static int Digits(double fraction, int digits) => Math.Abs(fraction) >= 100 ? 0 : digits;

    private static string Plain(double value, int digits, string unit)
    {
        if (double.IsNaN(value)) return Undefined;
        if (double.IsInfinity(value)) return value > 0 ? "∞" : "−∞";
        return Minus(value.ToString(Pattern(digits), _culture)) + unit;
    }

    private static string Signed(double value, int digits, string unit)
    {
        var text = Plain(value, digits, unit);
        return value > 0 && text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "+" + text : text;
    }

    private static string Pattern(int digits) => digits switch { 0 => "#,0", 1 => "#,0.0", 2 => "#,0.00", 3 => "#,0.000", _ => "#,0.0000" };

    // A number that is shown as zero has no sign.
    private static string Minus(string text) =>
        text.StartsWith('-') ? text.AsSpan().IndexOfAnyInRange('1', '9') >= 0 ? "−" + text[1..] : text[1..] : text;
}
