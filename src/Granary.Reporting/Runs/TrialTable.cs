using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>The table trials: a row for each trial of the searches of a run.</summary>
internal static class TrialTable
{
    public const string Name = "trials";

    /// <summary>The columns of every such table; after them, there is one for each objective and each parameter.</summary>
    public static readonly TableDefinition<TrialOfRun> Fixed = new TableDefinition<TrialOfRun>()
        .Word("search", r => r.Search.Strategy).Whole("number", r => r.Trial.Number).Whole("round", r => r.Trial.Round)
        .Word("strategy", r => r.Trial.Strategy).Word("state", r => r.Trial.State).Number("share", r => r.Trial.Share)
        .Number("best", r => r.Trial.Best);

    public static Table Of(ParameterSearchResults results)
    {
        List<TrialOfRun> rows = [.. results.Searches.SelectMany(s => s.Trials.Select(t => new TrialOfRun(s, t)))];
        var definition = Fixed;
        foreach (var objective in results.Searches.SelectMany(s => s.Objectives).Select(ObjectiveName.OfValues)
            .Distinct(StringComparer.Ordinal))
            definition = definition.Number(objective, r => r.Objective(objective));
        foreach (var parameter in results.Searches.SelectMany(s => s.Space.Select(p => p.Name)).Distinct(StringComparer.Ordinal))
            definition = definition.Value(new OutputColumn(parameter, TableCell.TypeOf(rows.Select(r => r.Parameter(parameter)))),
                r => r.Parameter(parameter));
        return definition.Of(rows);
    }
}

/// <summary>A row of the table of trials.</summary>
internal readonly record struct TrialOfRun(ParameterSearch Search, SearchTrialRow Trial)
{
    /// <summary>Returns the value of an objective; NaN if its search does not have it.</summary>
    /// <param name="name">The name of its values.</param>
    public double Objective(string name)
    {
        for (var i = Search.Objectives.Count - 1; i >= 0; i--)
            if (ObjectiveName.OfValues(Search.Objectives[i]) == name && i < Trial.Objectives.Count)
                return Trial.Objectives[i];
        return double.NaN;
    }

    /// <summary>Returns a parameter as text; null if its search does not have it.</summary>
    public string? Parameter(string name) => !Trial.Values.TryGetValue(name, out var value) ? null : value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
