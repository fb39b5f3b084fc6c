using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>The life of a model as a researcher calls it.</summary>
public sealed class LearningCommandsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static async Task<string> DoneAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(0, call.Error + call.Output);
        return call.Output;
    }

    private static async Task<string> RefusedAsync(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync(arguments);
        call.ExitCode.ShouldBe(2, call.Error + call.Output);
        call.Output.ShouldBe("");
        call.Error.TrimEnd('\n').Split('\n').Length.ShouldBe(1, call.Error);
        return call.Error;
    }

    private string Table(string name = "table.csv", string header = "date,a,b,up", Func<int, string>? row = null) =>
        _folder.Write(name, header + "\n" + string.Concat(
        Enumerable.Range(0, 300).Select(i => (row?.Invoke(i)
            ?? $"{new DateTime(2020, 1, 1).AddDays(i):yyyy-MM-dd},{i * 7 % 11},{i * 5 % 13},"
                + $"{(i * 7 % 11 + i * 5 % 13 > 11 ? "yes" : "no")}") + "\n")));

    [Fact]
    public async Task Learn_prints_the_figures_of_the_contract_as_JSON_and_nothing_else()
    {
        var classes = JsonDocument.Parse(await DoneAsync("learn", Table(), "--label", "up", "--trainer", "gradient-boosting", "--split",
            "0.6", "--seed", "7", "--params", "trees=20;leaves=4", "--json")).RootElement;
        classes.GetProperty("trainer").GetString().ShouldBe("gradient-boosting");
        foreach (var figure in new[] { "auc", "logLoss", "accuracy", "trainAuc", "seconds" })
            double.IsFinite(classes.GetProperty(figure).GetDouble()).ShouldBeTrue(figure);
        classes.GetProperty("auc").GetDouble().ShouldBeGreaterThan(0.95);
        (classes.GetProperty("trainRows").GetInt32(), classes.GetProperty("testRows").GetInt32()).ShouldBe((180, 120));
        classes.TryGetProperty("r2", out _).ShouldBeFalse();
        var numbers = JsonDocument.Parse(await DoneAsync("learn", Table(row: i => $"2020-01-01,{i % 11},{i % 13},{i % 11 + 0.5}"),
            "--label", "up", "--trainer", "ridge", "--json")).RootElement;
        numbers.GetProperty("r2").GetDouble().ShouldBeGreaterThan(0.95);
        numbers.GetProperty("rmse").GetDouble().ShouldBeLessThan(1);
    }

    [Fact]
    public async Task Drift_prints_the_rows_or_the_index_of_the_contract_as_JSON()
    {
        var file = _folder.Write("losses.csv", "day,loss,error\n" + string.Concat(Enumerable.Range(0, 400).Select(i =>
            $"{i},{(i < 200 ? i % 2 : 4 + i % 2)},{(i % 5 == 0 || i >= 200 ? 1 : 0)}\n")));
        var found = JsonDocument.Parse(await DoneAsync("drift", file, "--column", "loss", "--detector", "adwin", "--params", "clock=1",
            "--json")).RootElement;
        found.GetProperty("detector").GetString().ShouldBe("adwin");
        found.GetProperty("drifts")[0].GetInt32().ShouldBeInRange(200, 215);
        found.GetProperty("warnings").GetArrayLength().ShouldBe(0);
        var errors = JsonDocument.Parse(await DoneAsync("drift", file, "--column", "error", "--detector", "ddm", "--json")).RootElement;
        errors.GetProperty("warnings").GetArrayLength().ShouldBeGreaterThan(0);
        var index = JsonDocument.Parse(await DoneAsync("drift", file, "--column", "day", "--detector", "psi", "--reference", "200",
            "--json")).RootElement;
        index.GetProperty("drift").GetBoolean().ShouldBeTrue();
        index.GetProperty("value").GetDouble().ShouldBeGreaterThan(index.GetProperty("threshold").GetDouble());
        index.GetProperty("falseAlarmRate").GetDouble().ShouldBe(0.01, 1e-9);
        (await DoneAsync("drift", file, "--column", "loss", "--detector", "page-hinkley")).ShouldContain("One drift in 400 rows");
    }

    [Theory]
    [InlineData("losses.csv, line 3, loss: 'x' is not a number; write one, or remove the line", "loss", "adwin")]
    [InlineData("losses.csv, line 1: there is no column 'Loss'; did you mean 'loss'?", "Loss", "adwin")]
    [InlineData("there is no detector 'adwim'; did you mean 'adwin'?", "loss", "adwim")]
    [InlineData("psi needs --reference: the number of rows", "loss", "psi")]
    public async Task Drift_answers_wrong_calls_in_one_sentence(string sentence, string column, string detector)
    {
        var file = _folder.Write("losses.csv", "day,loss\n1,0.5\n2,x\n");
        (await RefusedAsync("drift", file, "--column", column, "--detector", detector)).ShouldContain(sentence);
    }

    [Fact]
    public async Task Learn_answers_wrong_calls_and_tables_in_one_sentence()
    {
        (await RefusedAsync("learn", Table(), "--label", "Up", "--trainer", "logistic")).ShouldContain("did you mean 'up'?");
        (await RefusedAsync("learn", Table(), "--label", "up", "--trainer", "logistics")).ShouldContain("did you mean 'logistic'?");
        (await RefusedAsync("learn", Table(), "--label", "up", "--trainer", "tree", "--params",
            "depth=3")).ShouldContain("tree has no parameter 'depth'");
        (await RefusedAsync("learn", Table(), "--label", "up", "--trainer", "tree", "--params",
            "maxDepth")).ShouldContain("--params 'maxDepth' is not a name=value pair");
        (await RefusedAsync("learn", Table(), "--label", "up", "--trainer", "tree", "--split", "7")).ShouldContain("--split 7");
        (await RefusedAsync("learn", Table(row: i => $"2020-01-01,{(i == 50 ? "NaN" : "1")},{i},1"), "--label", "up", "--trainer",
            "tree")).ShouldContain("line 52, column 'a' = 'NaN' is not a finite number");
        (await RefusedAsync("learn", Table(row: i => $"2020-01-01,{i % 3},{i},1"), "--label", "up", "--trainer",
            "tree")).ShouldContain("one class alone");
        (await RefusedAsync("learn", Table(row: i => $"2020-01-01,{i % 3},{i},2.5"), "--label", "up", "--trainer",
            "ridge")).ShouldContain("there is nothing to learn");
        (await RefusedAsync("learn", Table(), "--label", "up", "--trainer",
            "mlnet-gam")).ShouldContain("dotnet publish -c Release src/Granary.Learning.MLNet");
    }

    [Fact]
    public async Task A_damaged_version_is_named_and_the_others_are_listed()
    {
        var registry = _folder.At("models");
        foreach (var seed in (string[])["1", "2"])
            await DoneAsync("learn", Table(), "--label", "up", "--trainer", "logistic", "--seed", seed, "--save", "rises",
                "--registry", registry);
        foreach (var number in (string[])["1", "2"]) await DoneAsync("models", "promote", "rises", number, "--registry", registry);
        File.Delete(Path.Combine(registry, "rises", "v0001", "model.bin"));
        var list = await GranaryCall.RunAsync("models", "list", "--registry", registry, "--json");
        list.ExitCode.ShouldBe(0);
        list.Error.ShouldContain("model 'rises' version 1 is damaged: rises/v0001/model.bin is missing");
        JsonDocument.Parse(list.Output).RootElement.EnumerateArray().Select(v => v.GetProperty("number").GetInt32()).ShouldBe([2]);
        (await RefusedAsync("models", "rollback", "rises", "--registry", registry)).ShouldContain("version 2 of the model 'rises' stays");
        (await RefusedAsync("models", "predict", "rises", Table(), "--model-version", "1", "--registry", registry))
            .ShouldContain("model.bin is missing");
        Directory.Delete(Path.Combine(registry, "rises", "v0001"), recursive: true);
        (await RefusedAsync("models", "rollback", "rises", "--registry", registry)).ShouldContain("has no version 1; it has 2");
    }

    [Fact]
    public async Task Learn_asks_about_dates_and_says_what_is_too_good()
    {
        string Leaking(string name, Func<int, string> date) => _folder.Write(name, "date,a,up\n" + string.Concat(Enumerable.Range(0, 300)
            .Select(i => $"{date(i)},{i * 37 % 101 % 2 * 2 + i * 11 % 3},{i * 37 % 101 % 2}\n")));
        var unclear = Leaking("unclear.csv", _ => "01/02/2013");
        (await RefusedAsync("learn", unclear, "--label", "up", "--trainer", "logistic")).ShouldContain("--dates day-first");
        var call = await GranaryCall.RunAsync("learn", unclear, "--label", "up", "--trainer", "logistic", "--dates", "day-first",
            "--gap", "7", "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        var result = JsonDocument.Parse(call.Output).RootElement;
        result.GetProperty("purgedRows").GetInt32().ShouldBe(7);
    }

    [Fact]
    public async Task A_saved_model_predicts_other_tables_that_have_its_columns()
    {
        var registry = _folder.At("models");
        await DoneAsync("learn", Table(), "--label", "up", "--trainer", "logistic", "--save", "rises", "--registry", registry, "--json");
        (await RefusedAsync("models", "predict", "rises", Table(), "--registry",
            registry)).ShouldContain("no version of the model 'rises' is promoted");
        await DoneAsync("models", "promote", "rises", "1", "--registry", registry);
        var labelled = await DoneAsync("models", "predict", "rises", Table(), "--registry", registry);
        labelled.Split('\n')[0].ShouldBe("row,prediction");
        labelled.TrimEnd('\n').Split('\n').Length.ShouldBe(301);
        // In another order, without the label.
        (await DoneAsync("models", "predict", "rises", Table("other.csv", "b,a", i => $"{i * 5 % 13},{i * 7 % 11}"), "--registry",
            registry)).ShouldBe(labelled);
        (await RefusedAsync("models", "predict", "rises", Table("less.csv", "b", i => $"{i}"), "--registry",
            registry)).ShouldContain("less.csv: the table has no column 'a', which the model was trained on");
        (await RefusedAsync("models", "predict", "rises", Table("more.csv", "a,b,c", i => $"{i},1,2"), "--registry",
            registry)).ShouldContain("more.csv: the table has the column 'c', which the model was not trained on");
        (await RefusedAsync("models", "predict", "rise", Table(), "--registry", registry)).ShouldContain("did you mean 'rises'?");
        (await RefusedAsync("models", "predict", "rises", Table(), "--model-version", "4", "--registry",
            registry)).ShouldContain("has no version 4; it has 1");
        var bytes = await File.ReadAllBytesAsync(Path.Combine(registry, "rises", "v0001", "model.bin"));
        bytes[4] = 99;
        await File.WriteAllBytesAsync(Path.Combine(registry, "rises", "v0001", "model.bin"), bytes);
        (await RefusedAsync("models", "predict", "rises", Table(), "--registry",
            registry)).ShouldContain("the file of model 'rises' version 1 is damaged or was changed");
    }

    [Fact]
    public async Task The_sample_trains_evaluates_and_backtests_with_its_models_and_their_versions_are_kept()
    {
        var registry = _folder.At("models");
        var sample = (await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "samples/learning.json")))
            .Replace("csv:data/1h", "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples/data/1h"));
        var batch = _folder.Write("learning.json", sample);

        var trained = JsonDocument.Parse(await DoneAsync("train", batch, "--json")).RootElement;
        trained.GetProperty("units").GetArrayLength().ShouldBe(12);
        trained.GetProperty("problems").GetArrayLength().ShouldBe(0);
        var again = await GranaryCall.RunAsync("train", batch, "--strategies", "all");
        again.Error.ShouldContain(" windows trained, the last ");
        var list = JsonDocument.Parse(await DoneAsync("models", "list", "--registry", registry, "--json")).RootElement;
        list.GetArrayLength().ShouldBe(12, "training again adds nothing");
        var name = list[0].GetProperty("model").GetString()!;

        // Another label makes another version.
        _folder.Write("learning.json", sample.Replace("\"bars\": 5", "\"bars\": 6"));
        await DoneAsync("train", batch, "--quiet");
        var shown = await DoneAsync("models", "show", name, "--registry", registry);
        shown.ShouldMatch($@"(?m)^model +{System.Text.RegularExpressions.Regex.Escape(name)}$");
        shown.ShouldMatch("(?m)^version +2, current$");
        (await DoneAsync("models", "rollback", name, "--registry", registry)).ShouldContain("version 1 is current");
        (await DoneAsync("models", "promote", name, "2", "--registry", registry)).ShouldContain("version 2 is current");
        (await DoneAsync("models", "compare", name, "1", "2", "--registry", registry)).ShouldContain("direction(6)");
        (await RefusedAsync("models", "promote", name, "3", "--registry", registry)).ShouldContain("has no version 3");
        (await RefusedAsync("models", "show", "unknown", "--registry", registry)).ShouldContain("there is no model 'unknown'");

        var evaluated = JsonDocument.Parse(await DoneAsync("evaluate", batch, "--json")).RootElement;
        evaluated.GetProperty("equity").GetArrayLength().ShouldBeGreaterThan(10);
        evaluated.GetProperty("units").GetArrayLength().ShouldBeGreaterThan(0);
        foreach (var unit in evaluated.GetProperty("units").EnumerateArray())
        {
            unit.GetProperty("windows").GetArrayLength().ShouldBeGreaterThan(0);
            unit.GetProperty("windows").EnumerateArray().ShouldAllBe(w => w.GetProperty("reused").GetBoolean());
            unit.GetProperty("strategies").GetArrayLength().ShouldBeGreaterThan(0);
        }

        // A section whose windows do not fit costs its model, and the report says so in red.
        _folder.Write("learning.json", sample.Replace("\"train\": 1000", "\"train\": 100000"));
        await DoneAsync("backtest", batch, "--out", _folder.At("run"), "--quiet");
        var report = await File.ReadAllTextAsync(_folder.At("run/report.html"));
        report.ShouldContain("Models out of sample");
        report.ShouldContain("are too few for one window of 100000 to train");
        foreach (var part in new[] { "Walk-forward windows", "Calibration", "Permutation", "Train–test gap" }) report.ShouldContain(part);
        // Three strategies of each market go on without.
        JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("run/results.json"))).RootElement.GetProperty("strategies")
            .EnumerateArray()
            .Count(s => s.GetProperty("class").GetString() == "SmaCross" && s.GetProperty("stats").GetProperty("trades").GetInt32() > 0)
            .ShouldBe(6);

        var verified = await DoneAsync("verify", _folder.At("run"), "--sample", "2", "--cuts", "1");
        verified.ShouldContain("Holds: permuted labels give no edge");
        verified.ShouldContain("Holds: the gradient agrees with finite differences (LSTM");
        verified.ShouldContain("Holds: features in blocks (backtest) equal features bar by bar (live)");
    }

    [Fact]
    public async Task The_sample_of_the_risk_caps_the_portfolio_and_says_what_that_was_worth()
    {
        var batch = _folder.Write("risk.json", (await File.ReadAllTextAsync(Path.Combine(SharedData.RepositoryRoot, "samples/risk.json")))
            .Replace("csv:data/1h", "csv:" + Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")));
        await DoneAsync("backtest", batch, "--out", _folder.At("run"), "--quiet");
        var risk = JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("run/learning.json"))).RootElement.GetProperty("risk");
        double Figure(string portfolio, string name) => risk.GetProperty(portfolio).GetProperty(name).GetDouble();
        Figure("with", "maxDrawdown").ShouldBeLessThan(Figure("without", "maxDrawdown"));
        Figure("with", "meanExposure").ShouldBeLessThan(Figure("without", "meanExposure"));
        File.ReadLines(_folder.At("run/risk.csv")).Count().ShouldBe(risk.GetProperty("asked").GetInt32() + 1);
        JsonDocument.Parse(await File.ReadAllTextAsync(_folder.At("run/prod.json"))).RootElement.GetProperty("risk").ValueKind
            .ShouldNotBe(JsonValueKind.Null);

        JsonDocument.Parse(await DoneAsync("evaluate", batch, "--json")).RootElement.GetProperty("risk").GetRawText()
            .ReplaceLineEndings("").Replace(" ", "").ShouldBe(risk.GetRawText().ReplaceLineEndings("").Replace(" ", ""));
        var shown = await DoneAsync("evaluate", batch);
        string Percent(double value) => (100 * value).ToString("N2", System.Globalization.CultureInfo.InvariantCulture);
        foreach (var (row, portfolio) in new[] { ("with the cap", "with"), ("without", "without") })
            shown.ShouldMatch($@"(?m)^{row} +{Percent(Figure(portfolio, "return"))} +{Percent(Figure(portfolio, "maxDrawdown"))} +"
                + Percent(Figure(portfolio, "meanExposure")) + "$");
        shown.ShouldContain($"refused {risk.GetProperty("refused").GetInt32()}.");
        (await DoneAsync("experiment", batch, "--strategies", "5")).ShouldContain("random-forest");
    }

    [Fact]
    public async Task A_search_that_was_killed_continues_with_the_fits_that_it_had_made_and_gives_the_same_table()
    {
        var rows = new System.Text.StringBuilder("time,open,high,low,close,volume\n");
        var (price, random) = (100.0, new Random(5));
        for (var i = 0; i < 1500; i++)
        {
            var open = price;
            price = Math.Round(open * Math.Exp(0.01 * (random.NextDouble() - 0.5)), 4);
            rows.Append(System.Globalization.CultureInfo.InvariantCulture,
                $"{new DateTime(2020, 1, 1).AddHours(i):yyyy-MM-ddTHH:mm:ssZ},{open},{Math.Max(open, price)},")
                .Append(System.Globalization.CultureInfo.InvariantCulture, $"{Math.Min(open, price)},{price},1\n");
        }
        _folder.Write("data/AAA.csv", rows.ToString());
        string Batch(string registry) => _folder.Write($"{registry}.json", $$"""
            { "name": "killed", "data": { "source": "csv:data", "symbols": "*", "timeframe": "1h" },
              "strategies": [{ "class": "SmaCross", "params": { "fast": 3, "slow": 8 }, "sides": "both", "size": { "cash": 1000 } }],
              "learning": { "registry": "{{registry}}", "label": "direction", "experiment": { "fitness": "sortino", "search": {
                "trainers": { "name": "random-forest", "params": { "trees": [20, 40], "minLeaf": [5, 10, 20] } }, "budget": 200 } } } }
            """);
        using var search = GranaryProcess.Start(_folder.Path, "experiment", Batch("killed"), "--json");
        _ = search.StandardOutput.ReadToEndAsync();
        _ = search.StandardError.ReadToEndAsync();
        var cache = _folder.At("killed/.cache");
        await Eventually.HoldsAsync(() => search.HasExited
            || Directory.Exists(cache) && Directory.EnumerateFiles(cache).Sum(f => new FileInfo(f).Length) > 20_000);
        search.Kill();
        await search.WaitForExitAsync();
        search.ExitCode.ShouldNotBe(0, "the search ended before it was killed");

        var resumed = JsonDocument.Parse(await DoneAsync("experiment", Batch("killed"), "--json")).RootElement;
        var (fits, reused) = (resumed.GetProperty("fits").GetInt32(), resumed.GetProperty("reused").GetInt32());
        reused.ShouldBeInRange(1, fits - 1);
        var whole = JsonDocument.Parse(await DoneAsync("experiment", Batch("whole"), "--json")).RootElement;
        (whole.GetProperty("fits").GetInt32(), whole.GetProperty("reused").GetInt32()).ShouldBe((fits, 0));
        resumed.GetProperty("units").GetRawText().ShouldBe(whole.GetProperty("units").GetRawText());
    }
}
