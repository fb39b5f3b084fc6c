using System.Globalization;
using Granary.Cli.Tables;
using Granary.Reporting.Runs;

namespace Granary.Cli.Commands;

/// <summary>The best trials of searches in the terminal.</summary>
internal static class SearchView
{
    private const int Most = 10;

    /// <summary>Prints a table for each search, with the luck bar beside the best trial.</summary>
    public static void Show(ParameterSearchResults results)
    {
        foreach (var search in results.Searches) Show(search);
    }

    /// <summary>Describes the searches for a program.</summary>
    public static object Outcome(ParameterSearchResults results) => results.Searches.Select(s => new
    {
        s.Strategy,
        s.Method,
        s.Objectives,
        Trials = s.Trials.Count,
        s.Finished,
        s.Failed,
        s.Stopped,
        LuckBar = double.IsFinite(s.LuckBar) ? s.LuckBar : (double?)null,
        BestSharpe = double.IsFinite(s.BestSharpe) ? s.BestSharpe : (double?)null,
        Best = s.Best.Select(n => s.Trials[n - 1]).Select(t => new
        {
            t.Number,
            t.Strategy,
            t.Values,
            Objectives = t.Objectives.Select(o => double.IsFinite(o) ? o : (double?)null),
        }),
    });

    private static void Show(ParameterSearch search)
    {
        var best = search.Best.ToHashSet();
        var shown = search.Objectives.Count > 1 ? search.Trials.Where(t => best.Contains(t.Number)).Take(Most).ToList()
            : [.. search.Trials.Where(t => t.State == SearchTrialStates.Finished && double.IsFinite(t.Objectives[0]))
                .OrderByDescending(t => best.Contains(t.Number)).ThenByDescending(t => Sign(search) * t.Objectives[0])
                .ThenBy(t => t.Number).Take(Most)];
        var title = $"{search.Strategy}: the best of {Counted.Of(search.Trials.Count, "trial")} by "
            + string.Join(" and ", search.Objectives);
        if (shown.Count == 0) Console.WriteLine($"{search.Strategy}: none of {Counted.Of(search.Trials.Count, "trial")} has a value of "
            + string.Join(" and ", search.Objectives));
        else
            TableWriter.Write(title, [Column.Number("Trial"), .. search.Objectives.Select(o => Column.Number(ObjectiveName.OfValues(o))),
                .. search.Space.Select(p => Column.Text(p.Name))], shown.Select(t => Row(search, t)));
        if (search.Stopped + search.Failed > 0)
            Console.WriteLine($"{search.Finished:N0} finished, {search.Stopped:N0} stopped before all bars, {search.Failed:N0} failed");
        if (double.IsFinite(search.LuckBar))
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"Sharpe ratio of the best trial {search.BestSharpe:0.00} a year; the best of as many worthless trials would show "
                    + $"{search.LuckBar:0.00}"));
    }

    private static int Sign(ParameterSearch search) => ObjectiveName.IsMinimised(search.Objectives[0]) ? -1 : 1;

    private static string[] Row(ParameterSearch search, SearchTrialRow trial) =>
        [trial.Number.ToString(CultureInfo.InvariantCulture), .. trial.Objectives.Select(o => Cell.Figure(double.IsFinite(o) ? o : null)),
            .. search.Space.Select(p => Convert.ToString(trial.Values[p.Name], CultureInfo.InvariantCulture) ?? "")];
}
