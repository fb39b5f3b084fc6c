using System.Globalization;
using Granary.Reporting.Tables;

namespace Granary.Reporting.Runs;

/// <summary>
/// The table strategies: the strategies of results.json, with a column for each metric and, with param_ before its name, each parameter.
/// </summary>
internal static class StrategyTable
{
    public const string Name = "strategies";

    private static readonly TableDefinition<StrategyOfRun> _fixed = new TableDefinition<StrategyOfRun>()
        .Word("strategy", r => r.Id).Word("class", r => r.Class).Word("symbol", r => r.Symbol).Word("timeframe", r => r.Timeframe)
        .Word("sides", r => r.Sides).Number("weight", r => r.Weight).Word("model", r => r.Model).Text("error", r => r.Error);

    public static Table Of(IReadOnlyList<StrategyOfRun> rows)
    {
        var definition = _fixed;
        foreach (var metric in rows.SelectMany(r => r.Metrics.Select(m => m.Name)).Distinct(StringComparer.Ordinal))
            definition = definition.Number(metric, r => r.Metric(metric));
        foreach (var name in rows.SelectMany(r => r.Params.Select(p => p.Name)).Distinct(StringComparer.Ordinal))
            definition = definition.Value(new OutputColumn("param_" + name, TableCell.TypeOf(rows.Select(r => r.Param(name)))),
                r => r.Param(name));
        return definition.Of(rows);
    }
}

/// <summary>A row of the table strategies.</summary>
/// <param name="Weight">The weight in the portfolio; 0 = not included.</param>
internal sealed record StrategyOfRun(string Id, string Class, string Symbol, string Timeframe, string Sides, double Weight)
{
    public string? Model { get; init; }

    /// <summary>Why it failed; null if it ran to its end.</summary>
    public string? Error { get; init; }

    /// <summary>In the order of results.json; empty if it failed.</summary>
    public IReadOnlyList<(string Name, double Value)> Metrics { get; init; } = [];

    /// <summary>Names with their values as texts.</summary>
    public IReadOnlyList<(string Name, string Value)> Params { get; init; } = [];

    public static StrategyOfRun Of(StrategyEntry s) => new(s.Id, s.Class, s.Symbol, s.Timeframe, s.Sides, s.Weight)
    {
        Model = s.Model,
        Error = s.Error,
        Metrics = s.Stats is null ? [] : [.. s.Stats.Listed().Select(v => (v.Metric.Key, v.Value))],
        Params = [.. s.Params.Select(p => (p.Name, TextOf(p.Value)))],
    };

    /// <summary>Returns a metric; NaN if the strategy does not have it.</summary>
    internal double Metric(string name)
    {
        foreach (var (known, value) in Metrics)
            if (known == name)
                return value;
        return double.NaN;
    }

    /// <summary>Returns a parameter as text; null if the strategy does not have it.</summary>
    internal string? Param(string name)
    {
        foreach (var (known, value) in Params)
            if (known == name)
                return value;
        return null;
    }

    private static string TextOf(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
