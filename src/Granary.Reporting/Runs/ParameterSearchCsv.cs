using System.Globalization;
using CsvHelper;

namespace Granary.Reporting.Runs;

/// <summary>Writes trials.csv: a row for each trial of the searches of a run.</summary>
public static class ParameterSearchCsv
{
    public const string Name = "trials.csv";

    private static readonly string[] Columns = ["search", "number", "round", "strategy", "state", "share", "best"];

    /// <summary>Writes the trials; after the fixed columns, one for each objective and each parameter of the searches.</summary>
    public static void Write(TextWriter writer, ParameterSearchResults results)
    {
        List<string> objectives = [.. results.Searches.SelectMany(s => s.Objectives).Distinct(StringComparer.Ordinal)];
        List<string> parameters = [.. results.Searches.SelectMany(s => s.Space.Select(p => p.Name)).Distinct(StringComparer.Ordinal)];
        using var csv = CsvText.Open(writer);
        foreach (var column in Columns.Concat(objectives).Concat(parameters)) csv.WriteField(column);
        csv.NextRecord();
        foreach (var search in results.Searches)
            foreach (var trial in search.Trials)
                Row(csv, search, trial, objectives, parameters);
    }

    private static void Row(CsvWriter csv, ParameterSearch search, SearchTrialRow trial, List<string> objectives, List<string> parameters)
    {
        csv.WriteField(search.Strategy);
        csv.WriteField(trial.Number.ToString(CultureInfo.InvariantCulture));
        csv.WriteField(trial.Round.ToString(CultureInfo.InvariantCulture));
        csv.WriteField(trial.Strategy);
        csv.WriteField(trial.State);
        csv.WriteField(RunText.Number(trial.Share));
        csv.WriteField(RunText.Number(trial.Best));
        var values = search.Objectives.Zip(trial.Objectives).ToDictionary(o => o.First, o => o.Second, StringComparer.Ordinal);
        foreach (var objective in objectives)
            csv.WriteField(values.TryGetValue(objective, out var value) ? RunText.Number(value) : "");
        foreach (var parameter in parameters)
            csv.WriteField(trial.Values.TryGetValue(parameter, out var value) ? TextOf(value) : "");
        csv.NextRecord();
    }

    private static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
