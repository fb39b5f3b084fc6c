using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// The section modelDecisions of results.json, model_decisions.csv and model_log.csv: they follow from signals.csv, trades.csv and the
/// rules of docs/learning.md.
/// </summary>
/// <param name="batch">The batch file.</param>
internal sealed class ModelDecisionCheck(ResultsCheck check, RunFigures run, JsonNode batch)
{
    private const int MostListed = 100;

    private readonly JsonElement _section = run.Files.Results.GetProperty("modelDecisions");
    private readonly List<Judged> _decisions = [];
    private readonly List<(WatchAction Action, string Strategy)> _actions = [];

    private sealed record Judged(string Strategy, int Number, DateTime Time, string Side, int Version, double Prediction,
        double Dissimilarity, double Size, DateTime? Exit, double Net, double Return)
    {
        public bool HasExpired { get; init; }

        public bool IsAbstained => Size == 0 && double.IsNaN(Prediction);

        public string Change => HasExpired ? "expired" : IsAbstained ? "abstained" : Size == 0 ? "refused" : Size < 1 ? "reduced" : "";

        public double Worth => (Size - 1) * Return;
    }

    /// <summary>Whether a version admits no entries at the close of a bar of one hour, of models that are trained again.</summary>
    public Func<int, DateTime, bool> HasExpired { get; init; } = (_, _) => false;

    /// <summary>
    /// Of a walk-forward the sections' models are of no strategy alone, and each signal's outcome is that of signals.csv: trades.csv has
    /// the trades that the models let the group take.
    /// </summary>
    public bool IsWalkForward { get; init; }

    /// <summary>Alerts and restorations, in order of time.</summary>
    public IReadOnlyList<(WatchAction Action, string Strategy)> Actions => _actions;

    /// <summary>Rows of model_decisions.csv by change.</summary>
    public int CountOf(string change) => _decisions.Count(d => d.Change == change);

    public void Check()
    {
        var files = run.Files;
        var trades = files.StrategyTrades().Where(t => !t.IsOpen).ToLookup(t => t.Strategy, StringComparer.Ordinal);
        var table = CsvTable.Read(Path.Combine(files.Folder, "signals.csv"));
        var rows = table.Rows.Where(r => table.Text(r, "model_version").Length > 0)
            .Select(r => IsWalkForward ? Row(table, r) : Row(table, r, trades))
            .Select(r => r with { HasExpired = HasExpired(r.Version, r.Time.AddHours(1)) }).ToList();
        var listed = _section.GetProperty("strategies").EnumerateArray().ToList();
        listed.ShouldNotBeEmpty();
        rows.Select(r => r.Strategy).Distinct().ShouldBeSubsetOf(listed.Select(s => s.GetProperty("strategy").GetString()!));
        foreach (var (s, strategy) in listed.Index())
        {
            var id = strategy.GetProperty("strategy").GetString()!;
            Strategy($"modelDecisions.strategies[{s}].", id, strategy, [.. rows.Where(r => r.Strategy == id)]);
        }
        Log();
        Decisions();
    }

    private static Judged Row(CsvTable table, string[] row, ILookup<string, TradeRow> trades)
    {
        var (id, sign) = (table.Text(row, "strategy"), table.Text(row, "side") == "long" ? 1 : -1);
        var trade = table.Text(row, "outcome") == "closed"
            ? trades[id].Single(t => t.EntryTime == table.Time(row, "entry_time") && t.Sign == sign) : null;
        var size = table.Text(row, "model_size");
        return new Judged(id, int.Parse(table.Text(row, "number")), table.Time(row, "time"), table.Text(row, "side"),
            int.Parse(table.Text(row, "model_version")), table.Number(row, "prediction"), table.Number(row, "dissimilarity"),
            size.Length == 0 ? 1 : table.Number(row, "model_size"), trade?.ExitTime, trade?.NetProfit ?? double.NaN,
            trade?.Return ?? double.NaN);
    }

    // By itself, of a market whose multiplier is 1.
    private static Judged Row(CsvTable table, string[] row)
    {
        var (isClosed, size, net) = (table.Text(row, "outcome") == "closed", table.Text(row, "model_size"), table.Number(row, "pnl_net"));
        return new Judged(table.Text(row, "strategy"), int.Parse(table.Text(row, "number")), table.Time(row, "time"),
            table.Text(row, "side"), int.Parse(table.Text(row, "model_version")), table.Number(row, "prediction"),
            table.Number(row, "dissimilarity"), size.Length == 0 ? 1 : table.Number(row, "model_size"),
            isClosed ? table.Time(row, "exit_time") : null, isClosed ? net : double.NaN,
            isClosed ? net / (table.Number(row, "quantity") * table.Number(row, "entry_price")) : double.NaN);
    }

    private string ModelOf(string strategy)
    {
        // A section's model of a market and a batch.
        if (IsWalkForward)
            return run.Files.Results.GetProperty("learning").GetProperty("units").EnumerateArray()
                .Select(m => m.GetProperty("name").GetString()!)
                .Single(n => n.StartsWith($"{SectionOf(strategy)["name"]}-", StringComparison.Ordinal));
        var model = run.Files.Strategies.Single(s => s.GetProperty("id").GetString() == strategy).GetProperty("model").GetString()!;
        return model[..model.LastIndexOf(':')];
    }

    private JsonNode SectionOf(string strategy) => batch["learning"]!.AsArray().First(s => s!["strategies"]!.AsArray()
        .Any(c => strategy.StartsWith(c!.GetValue<string>(), StringComparison.Ordinal)))!;

    private void Strategy(string path, string id, JsonElement strategy, List<Judged> rows)
    {
        check.Text(path + "strategy", id);
        check.Text(path + "model", ModelOf(id));
        check.Number(path + "judged", rows.Count(r => !double.IsNaN(r.Prediction) || r.IsAbstained));
        string[] changes = ["refused", "reduced", "abstained", "expired"];
        foreach (var (v, change) in changes.Where(w => rows.Any(r => r.Change == w)).Index())
        {
            List<Judged> of = [.. rows.Where(r => r.Change == change)], closed = [.. of.Where(r => r.Exit is not null)];
            strategy.GetProperty("changes")[v].GetProperty("change").GetString().ShouldBe(change);
            check.Number($"{path}changes[{v}].entries", of.Count);
            check.Number($"{path}changes[{v}].trades", closed.Count);
            check.Number($"{path}changes[{v}].return", closed.Sum(r => r.Return));
            check.Number($"{path}changes[{v}].profit", closed.Sum(r => r.Net));
            check.Number($"{path}changes[{v}].worth", closed.Sum(r => r.Worth));
            _decisions.AddRange(closed);
        }
        Watch(path, id, rows);
    }

    private void Watch(string path, string id, List<Judged> rows)
    {
        var section = SectionOf(id);
        var watched = section["watch"] is not null;
        var isOfTrade = section["label"]?.ToJsonString() is "\"trade\"";
        List<(DateTime Time, bool IsWrong)> outcomes = watched ? [.. rows.Where(r => r.Exit is not null && !double.IsNaN(r.Prediction))
            .OrderBy(r => r.Exit).ThenBy(r => r.Number).Select(r => (r.Exit!.Value,
                (r.Side == "short" && !isOfTrade ? r.Prediction < 0.5 : r.Prediction > 0.5) != r.Net > 0))] : [];
        check.Number(path + "watched", outcomes.Count);
        check.Number(path + "wrong", outcomes.Count(o => o.IsWrong));
        if (!watched) return;
        var actions = WatchAction.Of(outcomes, (double)section["watch"]!["weight"]!, (int)section["watch"]!["review"]!);
        _actions.AddRange(actions.Select(a => (a, id)));
        foreach (var row in rows)
        {
            var weight = actions.LastOrDefault(a => a.Time <= row.Time)?.Weight ?? 1;
            var rule = section["apply"]!;
            var own = new JudgedTrade(id, row.Time, row.Time, row.Side == "long" ? 1 : -1, row.Prediction, row.Size, 0, 0);
            check.Claim($"{id}, size of signal {row.Number} is {row.Size} at a weight of {weight}",
                row.IsAbstained || Math.Abs(row.Size - weight * own.SizeBy(rule, isOfTrade)) < 1e-12);
        }
    }

    private void Log()
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "model_log.csv"));
        var shown = _section.GetProperty("actions").EnumerateArray().ToList();
        table.Rows.Count.ShouldBe(shown.Count);
        // RetrainingCheck has the others.
        bool IsOfWatch(string[] row) => table.Text(row, "action") is "alert" or "rolled-back" or "restored";
        var alerts = _actions.OrderBy(a => a.Action.Time).ThenBy(a => a.Strategy, StringComparer.Ordinal).ToList();
        table.Rows.Count(r => IsOfWatch(r) && table.Text(r, "action") != "rolled-back").ShouldBe(alerts.Count);
        var next = 0;
        foreach (var (i, row) in table.Rows.Index().Where(r => IsOfWatch(r.Item)))
        {
            var path = $"modelDecisions.actions[{i}].";
            foreach (var (column, key) in new[] { ("strategy", "strategy"), ("action", "action"), ("reason", "reason") })
                table.Text(row, column).ShouldBe(shown[i].GetProperty(key).GetString());
            if (table.Text(row, "action") == "rolled-back")
            {
                check.Listed(System.Text.RegularExpressions.Regex.Escape(path) + ".*", "README.md: the version of a roll-back");
                continue;
            }
            var (action, strategy) = alerts[next++];
            check.Text(path + "time", $"{action.Time:yyyy-MM-ddTHH:mm:ss}Z");
            check.Text(path + "strategy", strategy);
            check.Number(path + "version", 0);
            check.Number(path + "weight", action.Weight);
            check.Number(path + "before", action.Before);
            check.Number(path + "after", action.After);
            check.Number(path + "trades", action.Trades);
            table.Time(row, "time").ShouldBe(action.Time);
            table.Number(row, "weight").ShouldBe(action.Weight);
            table.Number(row, "before").ShouldBe(action.Before, 1e-9);
            table.Number(row, "after").ShouldBe(action.After, 1e-9);
            table.Number(row, "trades").ShouldBe(action.Trades);
            check.Text(path + "reason", action.IsAlert
                ? $"adwin: {100 * action.After:0.0} % of the newest {action.Trades} predictions were wrong, "
                    + $"{100 * action.Before:0.0} % before."
                : $"{100 * action.After:0.0} % of {action.Trades} predictions were wrong, {100 * action.Before:0.0} % before the alert.");
        }
    }

    private void Decisions()
    {
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "model_decisions.csv"));
        var expected = _decisions.ToDictionary(d => (d.Strategy, d.Number));
        table.Rows.Select(r => (table.Text(r, "strategy"), int.Parse(table.Text(r, "number")))).ShouldBe(expected.Keys, ignoreOrder: true);
        foreach (var row in table.Rows)
        {
            var decision = expected[(table.Text(row, "strategy"), int.Parse(table.Text(row, "number")))];
            table.Text(row, "change").ShouldBe(decision.Change);
            table.Time(row, "time").ShouldBe(decision.Time);
            table.Text(row, "side").ShouldBe(decision.Side);
            table.Text(row, "version").ShouldBe($"{decision.Version}");
            table.Number(row, "prediction").ShouldBe(decision.Prediction);
            table.Number(row, "dissimilarity").ShouldBe(decision.Dissimilarity);
            table.Number(row, "size").ShouldBe(decision.Size);
            table.Number(row, "return").ShouldBe(decision.Return, 1e-9);
            table.Number(row, "worth").ShouldBe(decision.Worth, 1e-9);
        }
        var shown = _section.GetProperty("decisions").EnumerateArray().ToList();
        shown.Count.ShouldBe(Math.Min(MostListed, _decisions.Count));
        var least = _decisions.Select(d => Math.Abs(d.Worth)).OrderDescending().Take(shown.Count).LastOrDefault();
        foreach (var (i, item) in shown.Index())
        {
            var path = $"modelDecisions.decisions[{i}].";
            var decision = expected[(item.GetProperty("strategy").GetString()!, item.GetProperty("number").GetInt32())];
            check.Claim($"{path} is among those worth most", Math.Abs(decision.Worth) >= least - 1e-12);
            item.GetProperty("change").GetString().ShouldBe(decision.Change);
            check.Text(path + "strategy", decision.Strategy);
            check.Text(path + "time", $"{decision.Time:yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(path + "number", decision.Number);
            check.Number(path + "version", decision.Version);
            check.Number(path + "prediction", decision.Prediction);
            check.Number(path + "dissimilarity", decision.Dissimilarity);
            check.Number(path + "size", decision.Size);
            check.Number(path + "return", decision.Return);
            check.Number(path + "worth", decision.Worth);
        }
    }

    /// <summary>
    /// The dissimilarity index of each judged signal follows from the training samples of its version, and those above the threshold were
    /// refused.
    /// </summary>
    /// <param name="samples">Of the model, training samples too.</param>
    /// <param name="features">By the time at which they are known.</param>
    /// <param name="bar">Length of a bar.</param>
    public void Dissimilarities(string strategy, IReadOnlyList<ModelSample> samples, IReadOnlyDictionary<DateTime, double[]> features,
        TimeSpan bar)
    {
        var areas = samples.Where(s => s.Window > 0).GroupBy(s => s.Window).ToDictionary(g => g.Key,
            g => new Dissimilarity([.. g.Where(s => !s.IsTest).OrderBy(s => s.Time).Select(s => features[s.Time])]));
        var table = CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        foreach (var row in table.Rows.Where(r => table.Text(r, "strategy") == strategy && table.Text(r, "model_version").Length > 0))
        {
            var area = areas[int.Parse(table.Text(row, "model_version"))];
            var index = area.Of(features[table.Time(row, "time") + bar]);
            table.Number(row, "dissimilarity").ShouldBe(index, 1e-8);
            (table.Text(row, "prediction").Length == 0).ShouldBe(index > area.Threshold);
        }
    }
}
