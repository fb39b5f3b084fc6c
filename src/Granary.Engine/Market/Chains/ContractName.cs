using System.Globalization;
using System.Text.RegularExpressions;

namespace Granary.Engine.Market.Chains;

/// <summary>
/// Reads the delivery month of a future from its name, as vendors write it: ESZ22, ESZ2022, ES-2022Z, "ES 12-22", CLF3, ESZ2^2,
/// BTC-28MAR25, NIFTY30JAN25FUT, NIFTY25JANFUT, NQ_20230317, BTCUSDT_250328, gc-201312.
/// </summary>
internal sealed partial class ContractName
{
    private const string Suffix = @"(?:[-_ ]?FUT|[-_.@][A-Z]{2,8}| (?:INDEX|COMDTY|CURNCY))?$";

    private const string Code = "(?<code>[FGHJKMNQUVXZ])", Name = "(?<name>JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV|DEC)";

    private const RegexOptions Options = RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
        | RegexOptions.NonBacktracking;

    private const string Codes = "FGHJKMNQUVXZ", Names = "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC", Separators = "-_ ./";

    // Names of futures are older than the names of their files.
    private const int FirstYear = 1970, LastYear = 2069;

    // A contract can trade for some days into the month after the one that its name has.
    private const int DaysAfter = 31;

    private readonly List<ContractMonth> _months;

    private ContractName(string root, List<ContractMonth> months) => (Root, _months) = (root, months);

    /// <summary>The name of the future, without separators at its end.</summary>
    public string Root { get; }

    /// <summary>Whether the name may mean several months, of which the bars show one.</summary>
    public bool IsAmbiguous => _months.Count > 1;

    /// <summary>Reads a name.</summary>
    /// <param name="root">Text that the name may begin with, such as "ES", by which a name with several meanings is read.</param>
    /// <returns>Null if the name has no delivery month.</returns>
    public static ContractName? Of(string name, string root = "")
    {
        if (root.Length > 0 && name.StartsWith(root, StringComparison.OrdinalIgnoreCase) && MonthsOf(name, root.Length) is { } own)
            return new ContractName(Plain(root), own);
        // A short root before a long one: 28MAR25 is not a day 8 of a future BTC-2.
        for (var at = 1; at < name.Length; at++)
            if (MonthsOf(name, at) is { } months)
                return new ContractName(Plain(name[..at]), months);
        return null;
    }

    /// <summary>
    /// The delivery month. A year of one or two digits is the earliest one that is not before the contract's bars.
    /// </summary>
    /// <param name="lastBar">The day of the contract's last bar.</param>
    public ContractMonth MonthAt(DateOnly lastBar)
    {
        foreach (var month in _months)
            if (month.End.AddDays(DaysAfter) >= lastBar)
                return month;
        return _months[^1];
    }

    /// <summary>Returns a root without separators at its end.</summary>
    public static string Plain(string root) => root.TrimEnd(Separators.ToCharArray());

    // The delivery months that the end of a name may mean, the earliest first; null if it means none.
    private static List<ContractMonth>? MonthsOf(string name, int at)
    {
        var start = at;
        while (start < name.Length && Separators.Contains(name[start])) start++;
        // Two numbers are a month and a year only behind a separator.
        foreach (var form in start > at ? (Regex[])[Forms(), Pairs()] : [Forms()])
        {
            var match = form.Match(name[start..]);
            if (!match.Success) continue;
            var months = new SortedSet<(int, int, int)>();
            Add(months, match);
            if (months.Count > 0) return [.. months.Select(m => new ContractMonth(m.Item1, m.Item2, m.Item3))];
        }
        return null;
    }

    private static void Add(SortedSet<(int Year, int Month, int Day)> months, Match match)
    {
        if (match.Groups["digits"] is { Success: true } digits)
        {
            AddDigits(months, digits.Value.Replace("-", "", StringComparison.Ordinal));
            return;
        }
        var month = match.Groups["code"] is { Success: true } code
            ? Codes.IndexOf(char.ToUpperInvariant(code.Value[0]), StringComparison.Ordinal) + 1
            : match.Groups["name"] is { Success: true } text
            ? Names.IndexOf(text.Value, StringComparison.OrdinalIgnoreCase) / 3 + 1 : Number(match.Groups["month"].Value);
        var day = match.Groups["day"] is { Success: true } own ? Number(own.Value) : 0;
        var year = match.Groups["year"].Value;
        // Refinitiv writes the decade of an expired contract behind its name.
        if (match.Groups["decade"] is { Success: true } decade) year = decade.Value + year;
        foreach (var y in YearsOf(year)) AddDay(months, y, month, day);
    }

    // 201112 is December 2011, or 12 November 2020.
    private static void AddDigits(SortedSet<(int, int, int)> months, string digits)
    {
        if (digits.Length == 8)
        {
            AddDay(months, Number(digits[..4]), Number(digits[4..6]), Number(digits[6..]));
            return;
        }
        AddDay(months, Number(digits[..4]), Number(digits[4..]), 0);
        if (Number(digits[4..]) is not 0 and var day)
            foreach (var year in YearsOf(digits[..2])) AddDay(months, year, Number(digits[2..4]), day);
    }

    private static void AddDay(SortedSet<(int, int, int)> months, int year, int month, int day)
    {
        if (year is < FirstYear or > LastYear || month is < 1 or > 12 || day > DateTime.DaysInMonth(year, month)) return;
        months.Add((year, month, day));
    }

    private static IEnumerable<int> YearsOf(string digits)
    {
        var year = Number(digits);
        if (digits.Length == 4) return [year];
        var step = digits.Length == 1 ? 10 : 100;
        return Enumerable.Range(FirstYear, LastYear - FirstYear + 1).Where(y => y % step == year);
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^(?:(?<day>[0-9]{1,2})-?" + Name + "-?(?<year>[0-9]{4}|[0-9]{2})"
        + "|(?<digits>[0-9]{4}-?[0-9]{2}-?[0-9]{2}|[0-9]{4}-?[0-9]{2})"
        + "|(?<day>[0-9]{2})?" + Code + "[-_]?(?<year>[0-9]{4}|[0-9]{1,2})"
        + "|" + Code + @"(?<year>[0-9])\^(?<decade>[0-9])"
        + "|(?<year>[0-9]{4})" + Code
        + "|" + Name + "[-_ ]?(?<year>[0-9]{4}|[0-9]{2})"
        + "|(?<year>[0-9]{2})" + Name + "[-_ ]?FUT"
        + ")" + Suffix, Options)]
    private static partial Regex Forms();

    [GeneratedRegex(@"^(?<month>[0-9]{2})[-/](?<year>[0-9]{4}|[0-9]{2})" + Suffix, Options)]
    private static partial Regex Pairs();
}
