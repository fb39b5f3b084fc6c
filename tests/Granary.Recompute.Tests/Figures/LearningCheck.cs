using System.Text.Json;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Markets;

namespace Granary.Recompute.Tests.Figures;

/// <summary>
/// The section learning of results.json: labels follow from bars and trades, measures of models from predictions.csv, what a model did to
/// its strategies from signals.csv and trades.csv.
/// </summary>
/// <param name="batch">The batch file; it lists training samples too ("outputs": "all").</param>
internal sealed class LearningCheck(ResultsCheck check, RunFigures run, JsonNode batch)
{
    private const int MostPoints = 500, Bins = 10;

    // Of a shuffle by chance.
    private const double MostErrors = 5;

    private readonly JsonElement _section = run.Files.Results.GetProperty("learning");
    private readonly Dictionary<string, string> _models = new(StringComparer.Ordinal);
    private readonly List<JudgedTrade> _judged = [];
    private ILookup<string, JudgedTrade> _trades = null!;

    /// <summary>Whether the models are logistic and every feature is one of <see cref="LinearImportance"/>.</summary>
    public bool Shuffles { get; init; }

    public void Check()
    {
        JsonElement.DeepEquals(_section, JsonDocument.Parse(File.ReadAllBytes(Path.Combine(run.Files.Folder, "learning.json"))).RootElement)
            .ShouldBeTrue("learning.json is the section of results.json");
        _trades = JudgedTrade.Of(run.Files, id => Bar(Strategy(id)));
        var models = ModelSamples.Read(run.Files.Folder);
        models.Select(m => m.Model)
            .ShouldBe(_section.GetProperty("units").EnumerateArray().Select(u => u.GetProperty("name").GetString()!));
        foreach (var (u, (model, samples)) in models.Index())
            Unit($"learning.units[{u}].", model, samples, _section.GetProperty("units")[u]);
        Curve("learning.", _section, _judged);
        foreach (var (i, strategy) in run.Files.Strategies.Index())
            if (_models.TryGetValue(strategy.GetProperty("id").GetString()!, out var model)) check.Text($"strategies[{i}].model", model);
    }

    private JsonElement Strategy(string id) => run.Files.Strategies.Single(s => s.GetProperty("id").GetString() == id);

    private static TimeSpan Bar(JsonElement strategy) =>
        strategy.GetProperty("timeframe").GetString() == "1h" ? TimeSpan.FromHours(1) : TimeSpan.FromDays(1);

    private void Unit(string path, string model, List<ModelSample> samples, JsonElement unit)
    {
        var section = batch["learning"]!.AsArray().Single(s => s!["name"]!.GetValue<string>() == unit.GetProperty("section").GetString())!;
        var label = section["label"] is JsonValue name ? new JsonObject { ["kind"] = name.GetValue<string>() } : section["label"]!;
        var (kind, data) = (label["kind"]!.GetValue<string>(), unit.GetProperty("data").GetString()!);
        var isOfTrade = kind == "trade";
        List<JsonElement> strategies = [.. run.Files.Strategies.Where(s =>
            section["strategies"]!.AsArray().Any(c => c!.GetValue<string>() == s.GetProperty("class").GetString())
            && data == (isOfTrade ? s.GetProperty("id") : s.GetProperty("symbol")).GetString()
                + (isOfTrade ? "" : ":" + s.GetProperty("timeframe").GetString()))];
        foreach (var (key, text) in new[] { ("name", model), ("version", model + ":1"), ("data", data),
            ("label", isOfTrade ? "trade" : $"{kind}({label["bars"]})") })
            if (text.Any(char.IsDigit)) check.Text(path + key, text);
        Labels(path, samples, strategies[0], kind, (int?)label["bars"]);
        var isProbability = kind is "direction" or "trade";
        Windows(path, samples, isProbability);
        if (isProbability) Calibration(path, samples);
        LossChanges(path, unit, samples);
        Card(path, unit, section, samples, strategies[0], data);
        Importance(path, unit, section, samples, strategies[0]);
        foreach (var strategy in strategies) _models[strategy.GetProperty("id").GetString()!] = model + ":1";
        Effects(path, unit, strategies, samples, section);
    }

    // What came, and when it was known, by the definitions of docs/learning.md.
    private void Labels(string path, List<ModelSample> samples, JsonElement strategy, string kind, int? length)
    {
        var (id, bar) = (strategy.GetProperty("id").GetString()!, Bar(strategy));
        var bars = run.Markets.Of(strategy.GetProperty("symbol").GetString()!, strategy.GetProperty("timeframe").GetString()!);
        var at = bars.Index().ToDictionary(b => b.Item.Time + bar, b => b.Index);
        var trades = SignalledTrades(id, bar);
        foreach (var sample in samples)
        {
            var (label, known) = kind == "trade" ? (trades[sample.Time].NetProfit > 0 ? 1 : 0, trades[sample.Time].ExitTime + bar)
                : (kind == "direction" ? (Close(length!.Value) > Close(0) ? 1 : 0) : Deviation(length!.Value),
                    bars[at[sample.Time] + length.Value].Time + bar);
            check.Claim($"{path}: label at {sample.Time:u} is {sample.Label}, recomputed {label}", Math.Abs(sample.Label - label) < 1e-9);
            check.Claim($"{path}: label at {sample.Time:u} is known at {sample.LabelTime:u}, recomputed {known:u}",
                sample.LabelTime == known);

            double Close(int ahead) => bars[at[sample.Time] + ahead].Close;

            double Deviation(int count) =>
                CurveFigures.Deviation([.. Enumerable.Range(1, count).Select(k => Math.Log(Close(k) / Close(k - 1)))]);
        }
    }

    // Of two trades from one bar the first counts.
    private Dictionary<DateTime, (double NetProfit, DateTime ExitTime)> SignalledTrades(string id, TimeSpan bar)
    {
        var table = Running.CsvTable.Read(Path.Combine(run.Files.Folder, "signals.csv"));
        return table.Rows.Where(r => table.Text(r, "strategy") == id && table.Text(r, "outcome") == "closed")
            .GroupBy(r => table.Time(r, "time") + bar).ToDictionary(g => g.Key,
                g => (table.Number(g.First(), "pnl_net"), table.Time(g.First(), "exit_time")));
    }

    private void Windows(string path, List<ModelSample> samples, bool isProbability)
    {
        List<ModelSample> all = [.. samples.Where(s => s.Window == 0)], tests = [.. samples.Where(s => s.IsTest)];
        check.Number(path + "samples", all.Count);
        Measures(path + "inSample.", all, isProbability);
        Measures(path + "outOfSample.", tests, isProbability);
        var main = isProbability ? "auc" : "r2";
        foreach (var group in samples.Where(s => s.Window > 0).GroupBy(s => s.Window))
        {
            List<ModelSample> train = [.. group.Where(s => !s.IsTest)], test = [.. group.Where(s => s.IsTest)];
            var window = $"{path}windows[{group.Key - 1}].";
            check.Claim($"{window}: no training label is known after the first test", train.Max(s => s.LabelTime) <= test[0].Time);
            foreach (var (key, time) in new[] { ("trainFrom", train[0].Time), ("trainTo", train.Max(s => s.LabelTime)),
                ("testFrom", test[0].Time), ("testTo", test[^1].LabelTime) })
                check.Text(window + key, $"{time:yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(window + "trainSamples", train.Count);
            check.Number(window + "testSamples", test.Count);
            Measures(window + "inSample.", train, isProbability);
            Measures(window + "outOfSample.", test, isProbability);
        }
        check.Claim($"{path}: tests follow one another", tests.Zip(tests.Skip(1)).All(p => p.First.Time < p.Second.Time));
        check.Number(path + "trainTestGap", ModelSamples.Measures(all, isProbability)[main]
            - ModelSamples.Measures(tests, isProbability)[main]);
    }

    // What the model of all samples must not be used for.
    private void Card(string path, JsonElement unit, JsonNode section, List<ModelSample> samples, JsonElement strategy, string data)
    {
        List<ModelSample> all = [.. samples.Where(s => s.Window == 0)], tests = [.. samples.Where(s => s.IsTest)];
        var to = all.Max(s => s.LabelTime);
        check.Text(path + "learnedTo", $"{to:yyyy-MM-ddTHH:mm:ss}Z");
        var label = unit.GetProperty("label").GetString()!;
        List<string> limits =
        [
            label == "trade" ? $"It predicts only the trades of {data}."
                : $"It predicts the label {label} of {data}; other markets and timeframes are outside of its training data.",
            $"It was trained on data until {to:yyyy-MM-dd HH:mm} UTC: predictions of earlier bars are in sample.",
        ];
        var isProbability = label == "trade" || label.StartsWith("direction", StringComparison.Ordinal);
        var measure = ModelSamples.Measures(tests, isProbability)[isProbability ? "auc" : "r2"];
        if (isProbability && measure <= 0.5) limits.Add($"Out of sample it is no better than chance (AUC {measure:0.000}).");
        if (!isProbability && measure <= 0) limits.Add($"Out of sample it is no better than the mean (R² {measure:0.000}).");
        if (unit.GetProperty("trainTestGap").GetDouble() is > 0.1 and var gap)
            limits.Add($"It is overfitted: its figure is {gap:0.000} lower out of sample than in sample.");
        if ((bool?)section["abstain"] == true)
        {
            var bars = run.Markets.Of(strategy.GetProperty("symbol").GetString()!, strategy.GetProperty("timeframe").GetString()!);
            var features = LinearImportance.Features(bars, Bar(strategy), [.. section["features"]!.AsArray().Select(f =>
                f!.GetValue<string>())]);
            var threshold = new Dissimilarity([.. all.OrderBy(s => s.Time).Select(s => features[s.Time])]).Threshold;
            check.Number(path + "dissimilarityThreshold", threshold);
            limits.Add($"It abstains where the dissimilarity index of an input is above {threshold:0.000}.");
        }
        else limits.Add("It does not measure the distance of an input from its training data; for distant inputs, a prediction is an extrapolation.");
        var changes = unit.GetProperty("lossChanges").GetArrayLength();
        if (changes > 0) limits.Add($"Its error out of sample has changed {(changes == 1 ? "once" : $"{changes} times")}.");
        unit.GetProperty("limits").EnumerateArray().Select(l => l.GetString()).ShouldBe(limits);
        check.Listed(System.Text.RegularExpressions.Regex.Escape(path) + @"limits\[\d+\]", "compared above");
    }

    private void LossChanges(string path, JsonElement unit, List<ModelSample> samples)
    {
        List<ModelSample> counted = [];
        foreach (var sample in samples.Where(s => s.IsTest))
            if (counted.Count == 0 || sample.Time >= counted[^1].LabelTime) counted.Add(sample);
        check.Number(path + "watched", counted.Count);
        var changes = ErrorChange.Of(counted);
        check.Claim($"{path}: {changes.Count} changes of the error",
            unit.GetProperty("lossChanges").GetArrayLength() == changes.Count);
        foreach (var (i, change) in changes.Index())
        {
            var place = $"{path}lossChanges[{i}].";
            check.Text(place + "noticed", $"{change.Noticed:yyyy-MM-ddTHH:mm:ss}Z");
            check.Text(place + "since", $"{change.Since:yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(place + "before", change.Before);
            check.Number(place + "after", change.After);
        }
    }

    private void Measures(string path, List<ModelSample> samples, bool isProbability)
    {
        foreach (var (key, value) in ModelSamples.Measures(samples, isProbability)) check.Number(path + key, value);
    }

    private void Calibration(string path, List<ModelSample> samples)
    {
        var bins = samples.Where(s => s.IsTest).GroupBy(s => Math.Min((int)(s.Prediction * Bins), Bins - 1)).OrderBy(g => g.Key).ToList();
        foreach (var (b, bin) in bins.Index())
        {
            check.Number($"{path}calibration[{b}].from", bin.Key / (double)Bins);
            check.Number($"{path}calibration[{b}].to", (bin.Key + 1) / (double)Bins);
            check.Number($"{path}calibration[{b}].count", bin.Count());
            check.Number($"{path}calibration[{b}].predicted", bin.Average(s => s.Prediction));
            check.Number($"{path}calibration[{b}].observed", bin.Average(s => s.Label));
        }
    }

    private void Importance(string path, JsonElement unit, JsonNode section, List<ModelSample> samples, JsonElement strategy)
    {
        var features = unit.GetProperty("importance").EnumerateArray().ToList();
        if (section["features"] is JsonArray asked)
            features.Select(f => f.GetProperty("feature").GetString())
                .ShouldBe(asked.Select(a => a!.GetValue<string>()), ignoreOrder: true);
        // Those of the windows, of which the whole is the mean.
        foreach (var feature in features)
        {
            var name = feature.GetProperty("feature").GetString()!;
            var mean = unit.GetProperty("windows").EnumerateArray().Average(w => w.GetProperty("importance").GetProperty(name).GetDouble());
            check.Claim($"{path}importance of {name} is the mean of the windows",
                Math.Abs(mean - feature.GetProperty("permutation").GetDouble()) < 1e-9);
        }
        check.Listed(System.Text.RegularExpressions.Regex.Escape(path) + @"windows\[\d+\]\.importance\..*", "their mean is recomputed");
        var worth = features.Select(f => f.GetProperty("permutation").GetDouble()).ToList();
        check.Claim(path + "importance falls", worth.Zip(worth.Skip(1)).All(p => p.First >= p.Second));
        if (features[0].TryGetProperty("gain", out _))
            check.Claim(path + "gains add up to 1", Math.Abs(features.Sum(f => f.GetProperty("gain").GetDouble()) - 1) < 1e-9);
        if (Shuffles)
        {
            List<string> names = [.. features.Select(f => f.GetProperty("feature").GetString()!)];
            var bars = run.Markets.Of(strategy.GetProperty("symbol").GetString()!, strategy.GetProperty("timeframe").GetString()!);
            var falls = LinearImportance.Of(samples, LinearImportance.Features(bars, Bar(strategy), names));
            falls.ShouldContain(f => f.Mean > MostErrors * f.Error, "some feature is worth more than chance");
            foreach (var (i, (mean, error)) in falls.Index())
            {
                check.Text($"{path}importance[{i}].feature", names[i]);
                check.Within($"{path}importance[{i}].permutation", mean, MostErrors * error);
            }
            return;
        }
        check.Listed(System.Text.RegularExpressions.Regex.Escape(path) + @"importance\[\d+\]\.(feature|permutation|gain)",
            "README.md: importance of trees, and of features that no test computes");
    }

    // Trades whose signal came when the first model was there; sums of their returns at the times of their exits.
    private void Effects(string path, JsonElement unit, List<JsonElement> strategies, List<ModelSample> samples, JsonNode section)
    {
        var (rule, watched) = (section["apply"]!, section["watch"] is not null);
        var isOfTrade = section["label"] is JsonValue label && label.GetValue<string>() == "trade";
        var tests = samples.Where(s => s.IsTest).ToDictionary(s => s.Time);
        List<JudgedTrade> judged = [];
        foreach (var (s, strategy) in strategies.Index())
        {
            var (id, at) = (strategy.GetProperty("id").GetString()!, $"{path}strategies[{s}].");
            List<JudgedTrade> trades = [.. _trades[id]], taken = [.. trades.Where(t => t.Size > 0)];
            foreach (var trade in trades)
            {
                check.Claim($"{id}, signal known at {trade.Known:u}: a model was there", trade.Known >= samples.First(x => x.IsTest).Time);
                // ModelDecisionCheck recomputes the sizes of watched strategies, whose weight changes.
                check.Claim($"{id}, size of the signal known at {trade.Known:u}",
                    watched || double.IsNaN(trade.Prediction) || Math.Abs(trade.Size - trade.SizeBy(rule, isOfTrade)) < 1e-12);
                check.Claim($"{id}, prediction of the signal known at {trade.Known:u}",
                    !tests.TryGetValue(trade.Known, out var sample)
                        || (sample.Window != trade.Version ? watched && trade.Version < sample.Window
                            : double.IsNaN(trade.Prediction) || sample.Prediction == trade.Prediction));
            }
            trades.Count(t => tests.ContainsKey(t.Known)).ShouldBeGreaterThan(trades.Count / 2, "predictions are compared");
            check.Text(at + "strategy", id);
            check.Number(at + "trades", trades.Count);
            check.Number(at + "taken", taken.Count);
            check.Number(at + "winRateWithout", trades.Count == 0 ? 0 : trades.Average(t => t.NetProfit > 0 ? 1.0 : 0));
            check.Number(at + "winRateWith", taken.Count == 0 ? double.NaN : taken.Average(t => t.NetProfit > 0 ? 1.0 : 0));
            check.Number(at + "returnWithout", trades.Sum(t => t.Return));
            check.Number(at + "returnWith", trades.Sum(t => t.Size * t.Return));
            judged.AddRange(trades);
        }
        Curve(path, unit, judged);
        _judged.AddRange(judged);
    }

    // A long curve leaves points out; the last one stays.
    private void Curve(string path, JsonElement owner, List<JudgedTrade> trades)
    {
        var sums = new Dictionary<string, (double With, double Without)>(StringComparer.Ordinal);
        var (with, without) = (0.0, 0.0);
        foreach (var at in trades.GroupBy(t => t.ExitTime).OrderBy(g => g.Key))
            sums[$"{at.Key:yyyy-MM-ddTHH:mm:ss}Z"] = (with += at.Sum(t => t.Size * t.Return), without += at.Sum(t => t.Return));
        var points = owner.GetProperty("equity").EnumerateArray().Select(p => p.GetProperty("time").GetString()!).ToList();
        check.Claim(path + "equity has all points that fit", points.Count == Math.Min(sums.Count, MostPoints));
        check.Claim(path + "equity ends with the last exit", points.LastOrDefault() == sums.Keys.LastOrDefault());
        foreach (var (i, time) in points.Index())
        {
            check.Claim($"{path}equity[{i}] is at an exit", sums.ContainsKey(time));
            var sum = sums.GetValueOrDefault(time);
            check.Text($"{path}equity[{i}].time", time);
            check.Number($"{path}equity[{i}].with", sum.With);
            check.Number($"{path}equity[{i}].without", sum.Without);
        }
    }
}
