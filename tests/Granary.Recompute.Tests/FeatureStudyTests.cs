using System.Text.Json;
using Granary.Recompute.Tests.Figures;
using Granary.Recompute.Tests.Markets;
using Granary.Recompute.Tests.Pages;
using Granary.Recompute.Tests.Running;

namespace Granary.Recompute.Tests;

/// <summary>What <c>features</c> prints as JSON and shows on its page follows from the bars.</summary>
public sealed class FeatureStudyTests
{
    private static readonly string[] Names = ["return(1)", "return(1)[2]", "return(5)", "sma(5)/close", "sma(20)/close", "close"];
    private static readonly string[] Symbols = ["AAA", "BBB"];

    [Fact]
    public async Task Figures_of_a_feature_study_follow_from_the_bars()
    {
        using var folder = new TemporaryFolder();
        var studies = new List<FeatureFigures>();
        foreach (var (i, symbol) in Symbols.Index())
        {
            var days = RandomMarket.Weekdays(new DateTime(2016, 1, 4, 0, 0, 0, DateTimeKind.Utc), 1_500);
            var bars = new RandomMarket(60 + i).Bars(days, 0.02, memory: i == 0 ? 0.6 : 0);
            MarketBar.Write(folder.File($"data/{symbol}.csv"), bars);
            // Written prices have fewer digits than drawn ones.
            studies.Add(new FeatureFigures(MarketBar.Read(folder.File($"data/{symbol}.csv")), 0.5, 3, Names));
        }
        var batch = folder.Write("batch.json", $$"""
            { "name": "study", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1d" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 12 } }],
              "learning": { "trainer": "logistic", "features": [{{string.Join(", ", Names.Select(n => $"\"{n}\""))}}],
                "label": { "kind": "direction", "bars": 3 } } }
            """);
        var json = JsonDocument.Parse(await GranaryCommand.RunAsync("features", batch, "--share", "0.5", "--json", "--out",
            folder.File("page.html"))).RootElement;
        var corrected = FeatureFigures.Corrected([.. studies.SelectMany(s => s.Features)]);
        Json(json, studies, corrected);

        var check = new PageCheck(ReportPage.Read(folder.File("page.html")));
        Page(check, json, studies, corrected);
        check.Demand(sentences: true);

        Terminal(await GranaryCommand.RunAsync("features", batch, "--share", "0.5"), json, studies, corrected);
    }

    private static void Json(JsonElement json, List<FeatureFigures> studies, Dictionary<FeatureTest, double> corrected)
    {
        var check = new ResultsCheck(json);
        check.Number("level", 0.05);
        check.Number("tested", corrected.Count);
        for (var s = 0; s < studies.Count; s++)
        {
            var (path, study) = ($"studies[{s}].", studies[s]);
            check.Text(path + "data", $"{Symbols[s]}:1d");
            check.Text(path + "label", "direction(3)");
            check.Text(path + "from", $"{study.From:yyyy-MM-ddTHH:mm:ss}Z");
            check.Text(path + "to", $"{study.To:yyyy-MM-ddTHH:mm:ss}Z");
            check.Number(path + "bars", study.Bars);
            check.Number(path + "samples", study.Samples);
            check.Number(path + "ones", study.Ones);
            check.Number(path + "others", 0);
            Column(path + "labelFigures.", study.Label);
            var ranked = Ranked(study, corrected);
            foreach (var (i, feature) in ranked.Index())
            {
                var at = $"{path}features[{i}].";
                // A name without a figure in it is no leaf of the check.
                if (feature.Name.Any(char.IsDigit)) check.Text(at + "name", feature.Name);
                check.Number(at + "samples", feature.Samples);
                check.Number(at + "correlation", feature.Correlation);
                check.Number(at + "pValue", feature.PValue, 1e-6);
                check.Number(at + "adjusted", corrected[feature], 1e-6);
                Column(at + "figures.", feature.Column);
                check.Claim($"{at}isRelevant", json.GetProperty("studies")[s].GetProperty("features")[i].GetProperty("isRelevant")
                    .GetBoolean() == corrected[feature] <= 0.05);
            }
            check.Listed($@"studies\[{s}\]\.(chosen\[\d+\]|features\[\d+\]\.likeOther)", "names; the page's findings are compared");
        }
        check.Demand();
        // The market that goes on as it went says something, the other one does not.
        corrected[studies[0].Features[0]].ShouldBeLessThan(0.05);
        json.GetProperty("studies")[1].GetProperty("chosen").GetArrayLength().ShouldBe(0);

        void Column(string path, ColumnSummary column)
        {
            check.Number(path + "count", column.Count);
            check.Number(path + "missing", column.Missing);
            check.Number(path + "mean", column.Mean, 1e-7);
            check.Number(path + "deviation", column.Deviation);
            foreach (var (k, quantile) in column.Quantiles.Index()) check.Number($"{path}quantiles[{k}]", quantile);
            check.Number(path + "autocorrelation", column.Autocorrelation, 1e-7);
            check.Number(path + "unitRoot", column.UnitRoot, 1e-6);
        }
    }

    private static List<FeatureTest> Ranked(FeatureFigures study, Dictionary<FeatureTest, double> corrected) =>
        [.. study.Features.OrderBy(f => corrected[f]).ThenBy(f => f.PValue).ThenBy(f => f.Name, StringComparer.Ordinal)];

    private static void Page(PageCheck check, JsonElement json, List<FeatureFigures> studies, Dictionary<FeatureTest, double> corrected)
    {
        var chosen = json.GetProperty("studies").EnumerateArray()
            .Select(s => s.GetProperty("chosen").EnumerateArray().Select(c => c.GetString()!).ToList()).ToList();
        check.Headline(new Cells(new Dictionary<string, Cell>
        {
            ["Tests"] = corrected.Count,
            ["Relevant"] = corrected.Values.Count(p => p <= 0.05),
            ["Chosen"] = chosen.Sum(c => c.Count),
        }));
        check.Sentences.Says("{} tests of features against labels. A feature is relevant if its p-value, corrected for all of them "
            + "(Benjamini and Yekutieli), is at most {} %: of the relevant ones at most {} % are expected to be chance.", corrected.Count,
            5, 5);
        foreach (var (s, study) in studies.Index())
        {
            var name = $"{Symbols[s]}:1d, direction(3)";
            check.Sentences.Says($"{{}} bars from {study.From:yyyy-MM-dd HH:mm} to {study.To:yyyy-MM-dd HH:mm} UTC; {{}} samples whose "
                + "labels do not overlap, {} of them with label 1.", study.Bars, study.Samples, study.Ones);
            check.Sentences.Says(name);
            check.Sentences.Says(chosen[s].Count == 0 ? "No feature is relevant."
                : $"Chosen: \"features\": [{string.Join(", ", chosen[s].Select(c => $"\"{c}\""))}]");
            var ranked = Ranked(study, corrected);
            check.Table($"Relevance of {name}", [.. ranked.Select(f => new Cells
            {
                ["Feature"] = f.Name,
                ["Samples"] = f.Samples,
                ["Rank correlation"] = f.Correlation,
                ["p"] = Shown(f.PValue),
                ["Corrected p"] = Shown(corrected[f]),
                ["Finding"] = corrected[f] > 0.05 ? "" : chosen[s].Contains(f.Name) ? Remark(f) : $"repeats {chosen[s][0]}",
            })]);
            check.Table($"Distributions of {name}", [Distribution("label direction(3)", study.Label),
                .. ranked.Select(f => Distribution(f.Name, f.Column))]);
        }
    }

    // Tables of the terminal are headed by the market, and have a row for each feature.
    private static void Terminal(string output, JsonElement json, List<FeatureFigures> studies, Dictionary<FeatureTest, double> corrected)
    {
        string[] lines = [.. output.Split('\n').Select(l => string.Join(' ', l.Split(' ', StringSplitOptions.RemoveEmptyEntries)))];
        var at = 0;
        foreach (var (s, study) in studies.Index())
        {
            at = Array.IndexOf(lines, $"{Symbols[s]}:1d, direction(3): {study.Samples} samples whose labels do not overlap", at);
            at.ShouldBeGreaterThanOrEqualTo(0, output);
            lines[at + 1].ShouldBe("Feature Missing (%) Rank correlation p Corrected p Finding");
            string[] chosen = [.. json.GetProperty("studies")[s].GetProperty("chosen").EnumerateArray().Select(c => c.GetString()!)];
            string[] rows = [.. Ranked(study, corrected).Select(f => FormattableString.Invariant(
                $"{f.Name} {100 * f.Column.Missing:0.00} {f.Correlation:0.0000} {P(f.PValue)} {P(corrected[f])} {Finding(f, chosen)}")
                .TrimEnd())];
            lines.Skip(at + 2).Take(rows.Length).ShouldBe(rows);
            lines[at + 2 + rows.Length].ShouldBe(chosen.Length == 0 ? "No feature is relevant."
                : $"Chosen: \"features\": [{string.Join(", ", chosen.Select(c => $"\"{c}\""))}]");
        }
        static string P(double p) => p < 0.0001 ? "below 0.0001" : FormattableString.Invariant($"{p:0.0000}");
        string Finding(FeatureTest f, string[] chosen) =>
            corrected[f] > 0.05 ? "" : chosen.Contains(f.Name) ? Remark(f) : $"repeats {chosen[0]}";
    }

    private static Cell Shown(double p) => p < 0.0001 ? "below 0.0001" : p;

    // The critical value of so many equations is within −2.88 and −2.86.
    private static string Remark(FeatureTest feature) => feature.Column.UnitRoot < -2.88 ? "relevant" : "relevant, may wander";

    private static Cells Distribution(string name, ColumnSummary column) => new()
    {
        ["Feature"] = name,
        ["Missing"] = column.Missing,
        ["Mean"] = column.Mean,
        ["Deviation"] = column.Deviation,
        ["Least"] = column.Quantiles[0],
        ["1 %"] = column.Quantiles[1],
        ["25 %"] = column.Quantiles[2],
        ["Median"] = column.Quantiles[3],
        ["75 %"] = column.Quantiles[4],
        ["99 %"] = column.Quantiles[5],
        ["Greatest"] = column.Quantiles[6],
        ["Autocorrelation"] = column.Autocorrelation,
        ["Unit root"] = column.UnitRoot,
    };
}
