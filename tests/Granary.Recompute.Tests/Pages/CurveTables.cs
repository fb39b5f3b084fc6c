using Granary.Recompute.Tests.Figures;

namespace Granary.Recompute.Tests.Pages;

/// <summary>The tables and charts that follow from an equity curve: spans, months, years, drawdowns and crises, the benchmark beside
/// them.</summary>
/// <param name="check">The page.</param>
/// <param name="curve">Of the account or file, by the points that the page's tables go by.</param>
/// <param name="start">Equity before the first point.</param>
/// <param name="benchmark">Null without one.</param>
/// <param name="name">Of the benchmark.</param>
internal sealed class CurveTables(PageCheck check, BareCurve curve, double start, BareCurve? benchmark, string name)
{
    private static readonly string[] MonthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    // Peak-to-trough spans, as the documentation of the report names them.
    private static readonly (string Name, string From, string To)[] CrisisSpans =
    [
        ("Black Monday", "1987-10-13", "1987-10-19"), ("Gulf War", "1990-07-16", "1990-10-11"),
            ("Asian crisis", "1997-10-07", "1997-10-27"),
        ("Russia and LTCM", "1998-07-17", "1998-08-31"), ("Dot-com crash", "2000-03-24", "2002-10-09"),
            ("September 11", "2001-09-10", "2001-09-21"),
        ("Financial crisis", "2007-10-09", "2009-03-09"), ("Lehman", "2008-09-12", "2008-11-20"),
            ("Flash crash", "2010-04-23", "2010-07-02"),
        ("US downgrade and euro crisis", "2011-07-22", "2011-10-03"), ("China devaluation", "2015-08-17", "2015-08-25"),
        ("Crypto winter 2018", "2017-12-16", "2018-12-15"), ("Volmageddon", "2018-01-26", "2018-02-08"),
            ("Fourth quarter 2018", "2018-09-20", "2018-12-24"),
        ("Pandemic", "2020-02-19", "2020-03-23"), ("Crypto crash of May 2021", "2021-05-08", "2021-07-20"),
            ("Crypto winter 2022", "2021-11-08", "2022-11-21"),
        ("Inflation and rate rises", "2022-01-03", "2022-10-12"), ("Yen carry unwind", "2024-07-16", "2024-08-05"),
            ("Tariff shock", "2025-02-19", "2025-04-08"),
    ];

    public void Check()
    {
        Trailing();
        Months();
        Years();
        Crises();
    }

    private void Trailing()
    {
        var end = curve.Times[^1];
        (string Name, DateTime? At)[] spans =
        [
            ("Month to date", new DateTime(end.Year, end.Month, 1).AddTicks(-1)),
                ("Year to date", new DateTime(end.Year, 1, 1).AddTicks(-1)),
            ("3 months", end.AddMonths(-3)), ("6 months", end.AddMonths(-6)), ("1 year", end.AddYears(-1)), ("3 years", end.AddYears(-3)),
            ("5 years", end.AddYears(-5)), ("10 years", end.AddYears(-10)), ("Since the start", null),
        ];
        check.Table("Returns up to " + end.ToString("yyyy-MM-dd"), [.. spans.Select(s =>
        {
            var (from, own, yearly) = Span(curve, s.Name, s.At, start);
            var cells = new Cells { ["Span"] = s.Name, ["From"] = double.IsNaN(own) ? "–"
                : Cell.Date(from), ["Return"] = own, ["A year"] = yearly };
            if (benchmark is null) return cells;
            var (_, theirs, theirYearly) = Span(benchmark, s.Name, s.At, benchmark.Values[0]);
            (cells[name], cells["A year (2)"], cells["Difference"]) = (theirs, theirYearly, own - theirs);
            return cells;
        })]);
    }

    private static (DateTime From, double Return, double Yearly) Span(BareCurve curve, string span, DateTime? at, double start)
    {
        var index = at is null ? -1 : curve.Times.ToList().FindLastIndex(t => t <= at);
        if (index < 0 && at is not null && !span.EndsWith("to date", StringComparison.Ordinal)) return (default, double.NaN, double.NaN);
        var growth = curve.Values[^1] / (index < 0 ? start : curve.Values[index]);
        var from = curve.Times[Math.Max(0, index)];
        var days = (curve.Times[^1] - from).TotalDays;
        return (from, growth - 1, days > 366.25 ? Math.Pow(growth, 365.25 / days) - 1 : double.NaN);
    }

    private void Months()
    {
        check.Table("Return by month and year, percent", [.. curve.Times.Select(t => t.Year).Distinct().Select(year =>
        {
            var cells = new Cells { ["Year"] = year.ToString(), ["Year (2)"] = Percent(Period(curve, start, t => t.Year == year)) };
            for (var month = 1; month <= 12; month++)
                cells[MonthNames[month - 1]] = Percent(Period(curve, start, t => t.Year == year && t.Month == month));
            if (benchmark is not null) cells[name] = Percent(Period(benchmark, benchmark.Values[0], t => t.Year == year));
            return cells;
        })]);
        Gains();
    }

    private void Gains()
    {
        var (months, years) = (Returns(t => t.Year * 12 + t.Month), Returns(t => t.Year));
        if (months.Count < 2) return;
        var rows = new List<Cells> { Row("Months", months) };
        if (years.Count > 1) rows.Add(Row("Years", years));
        check.Table("How often and how much months and years gained", rows);

        List<double> Returns(Func<DateTime, int> of) =>
            [.. curve.Times.Select(of).Distinct().Select(p => Period(curve, start, t => of(t) == p)).Where(double.IsFinite)];

        static Cells Row(string name, List<double> returns) => new()
        {
            ["Of"] = name,
            ["Number"] = returns.Count,
            ["Gained"] = (double)returns.Count(r => r > 0) / returns.Count,
            ["Best"] = returns.Max(),
            ["Worst"] = returns.Min(),
            ["Mean"] = returns.Average(),
            ["Mean gain"] = returns.Where(r => r > 0).DefaultIfEmpty(double.NaN).Average(),
            ["Mean loss"] = returns.Where(r => r < 0).DefaultIfEmpty(double.NaN).Average(),
        };
    }

    // The caption says percent, the cells do not; what a year does not have is empty.
    private static Cell Percent(double value) => 100 * value;

    private void Years()
    {
        var years = curve.Times.Select(t => t.Year).Distinct().ToList();
        if (years.Count < 2) return;
        List<(string Name, double Value)> bars = [];
        foreach (var year in years)
        {
            var own = Period(curve, start, t => t.Year == year);
            bars.Add(($"{year}: ", own));
            if (benchmark is not null && Period(benchmark, benchmark.Values[0], t => t.Year == year) is var r
                && !double.IsNaN(r)) bars.Add(($"{year}: {name} ", r));
        }
        check.Bars("Return by year", [.. bars.Select(b => b.Name)], [.. bars.Select(b => b.Value)]);
    }

    private static double Period(BareCurve curve, double start, Func<DateTime, bool> period)
    {
        var times = curve.Times.ToList();
        var (first, last) = (times.FindIndex(t => period(t)), times.FindLastIndex(t => period(t)));
        return last < 0 ? double.NaN : curve.Values[last] / (first == 0 ? start : curve.Values[first - 1]) - 1;
    }

    private void Crises()
    {
        var rows = new List<Cells>();
        foreach (var (crisis, from, to) in CrisisSpans)
        {
            bool Within(DateTime t) => t >= DateTime.Parse(from) && t < DateTime.Parse(to).AddDays(1);
            if (Inside(curve, Within) is not { } own) continue;
            var cells = new Cells
            {
                ["Period"] = crisis,
                ["From"] = Later(from, curve.Times[0]),
                ["To"] = Earlier(to, curve.Times[^1]),
                ["Return"] = own.TotalReturn,
                ["Max drawdown"] = own.Depths().Max()
            };
            if (benchmark is not null) cells[name] = Inside(benchmark, Within)?.TotalReturn ?? double.NaN;
            rows.Add(cells);
        }
        check.Table("Return and drawdown in known crises", rows);
        check.Sentences.Listed("Return and drawdown in known crises, .*", "the name of an index");
    }

    // A crisis that the record has only a part of.
    private static string Later(string day, DateTime first) => DateTime.Parse(day) < first ? $"{first:yyyy-MM-dd}" : day;

    private static string Earlier(string day, DateTime last) => DateTime.Parse(day) > last ? $"{last:yyyy-MM-dd}" : day;

    private static BareCurve? Inside(BareCurve curve, Func<DateTime, bool> within)
    {
        int[] at = [.. Enumerable.Range(0, curve.Times.Count).Where(i => within(curve.Times[i]))];
        return at.Length < 2 ? null : new BareCurve([.. at.Select(i => curve.Times[i])], [.. at.Select(i => curve.Values[i])], 1);
    }

    // The page leaves out what it would write as zero.
    private const double Shallowest = 0.5e-4;

    /// <summary>The deepest drawdowns of a curve of every row.</summary>
    /// <param name="every">Row by row; its first point is the first row.</param>
    /// <param name="stamp">How times are written.</param>
    public static void Drawdowns(PageCheck check, BareCurve every, Func<DateTime, Cell> stamp) =>
        check.Table("The deepest drawdowns, deepest first",
            [.. every.Falls().Where(f => f.Depth >= Shallowest).OrderByDescending(f => f.Depth).ThenBy(f => f.Peak).Take(10)
                .Select((f, i) => new Cells
        {
            ["Rank"] = i + 1.0,
            ["Depth"] = -f.Depth,
            ["Peak"] = stamp(f.Peak),
            ["Trough"] = stamp(f.Trough),
            ["Recovered"] = f.Recovery is { } recovery ? stamp(recovery) : "not yet",
            ["Fall"] = Days((f.Trough - f.Peak).TotalDays),
            ["Under water"] = Days(f.Days),
        })]);

    // Less than two days are written in hours.
    private static double Days(double days) => days < 2 ? 24 * days : days;
}
