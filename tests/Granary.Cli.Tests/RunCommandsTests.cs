using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class RunCommandsTests(QuickstartRun quickstart) : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    [Fact]
    public async Task The_quickstart_runs_a_thousand_strategies_with_one_digest_on_any_number_of_threads_and_writes_the_files_asked_for()
    {
        var usual = await quickstart.Outcome;
        usual.GetProperty("strategies").GetInt32().ShouldBeGreaterThanOrEqualTo(1000);
        // As many threads as processors against five, in the long form with all six markets; batches of one thread are compared in
        // BatchesInProcessTests. The checks for look-ahead and costs, and the files that are left out, do not change the digest.
        var compared = TestEffort.IsLong ? usual : await quickstart.PartOutcome;
        var slim = (TestEffort.IsLong ? await QuickstartRun.TextAsync() : await QuickstartRun.PartTextAsync()).Replace("\"seed\": 1", "\"seed\": 1, \"outputs\": [\"results\", \"prod\"]",
            StringComparison.Ordinal);
        var call = await GranaryCall.RunAsync("backtest", _folder.Write("slim.json", slim), "--out", _folder.At("slim"), "--threads", "5",
            "--no-guards", "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        Json(call.Output).GetProperty("digest").GetString().ShouldBe(compared.GetProperty("digest").GetString());
        Directory.EnumerateFiles(_folder.At("slim")).Select(Path.GetFileName).Order()
            .ShouldBe(["manifest.json", "prod.json", "results.json"]);
        string[] files =
        [
            "results.json", "trades.csv", "signals.csv", "factors.csv", "portfolio_trades.csv", "trades_by_model.csv", "equity.csv",
            "prod.json", "manifest.json", "report.html",
        ];
        foreach (var file in files) File.Exists(quickstart.At(file)).ShouldBeTrue(file);
        Directory.Exists(quickstart.At(".progress")).ShouldBeFalse();

        var classes = Json(await File.ReadAllTextAsync(quickstart.At("results.json"))).GetProperty("strategies").EnumerateArray()
            .ToList();
        classes.Select(s => s.GetProperty("class").GetString()).Distinct().Count().ShouldBeGreaterThanOrEqualTo(6);
        classes.Select(s => s.GetProperty("symbol").GetString()).Distinct().Count().ShouldBeGreaterThanOrEqualTo(5);
        classes.Select(s => s.GetProperty("timeframe").GetString()).Distinct().Count().ShouldBeGreaterThan(1);
    }

    [Fact]
    public async Task Every_file_of_trades_has_the_same_bytes_on_any_number_of_threads()
    {
        var usual = await quickstart.PartOutcome;
        var call = await GranaryCall.RunAsync("backtest", _folder.Write("part.json", await QuickstartRun.PartTextAsync()), "--out",
            _folder.At("part5"), "--threads", "5", "--no-guards", "--json");
        call.ExitCode.ShouldBe(0, call.Error);
        Json(call.Output).GetProperty("digest").GetString().ShouldBe(usual.GetProperty("digest").GetString());
        foreach (var file in new[] { "trades.csv", "signals.csv", "factors.csv", "portfolio_trades.csv", "equity.csv" })
            (await File.ReadAllBytesAsync(_folder.At("part5/" + file)))
                .ShouldBe(await File.ReadAllBytesAsync(quickstart.PartAt(file)), file);
        Directory.Exists(_folder.At("part5/.progress")).ShouldBeFalse();
    }

    [Fact]
    public async Task An_interrupted_run_leaves_a_readable_folder_and_goes_on_to_the_same_digest()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends SIGTERM, which Windows does not have");
        (await GranaryCall.RunAsync("data", "generate", "--out", _folder.At("bars"), "--symbols", "AAA,BBB,CCC,DDDUSDT",
            "--timeframe", "5m", "--from", "2023-01-01", "--to", "2023-07-01", "--seed", "3")).ExitCode.ShouldBe(0);
        var batch = _folder.Write("long.json", """
            { "name": "long", "data": { "source": "csv:bars/5m", "symbols": "*", "timeframe": "5m" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [3,5,7,9,11,13,15,17,19,21], "slow":
                [30,50,70,90,110,130,150] } } ],
              "outputs": ["results", "prod"] }
            """);
        var whole = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("whole"), "--json", "--no-guards");
        whole.ExitCode.ShouldBe(0, whole.Error);

        var interrupted = false;
        for (var attempt = 0; attempt < 8 && !interrupted; attempt++)
        {
            using var process =
                GranaryProcess.Start(_folder.Path, "backtest", batch, "--out", _folder.At("cut"), "--threads", "1", "--json",
                    "--no-guards");
            var log = _folder.At("cut/.progress/finished.jsonl");
            // As soon as the first feed is through and others are not.
            await Eventually.HoldsAsync(() => process.HasExited || (File.Exists(log) && new FileInfo(log).Length > 200));
            if (!process.HasExited) kill(process.Id, 15);
            var error = process.StandardError.ReadToEndAsync();
            var output = await process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            process.ExitCode.ShouldBeOneOf(0, 1);
            interrupted = process.ExitCode == 1;
            if (!interrupted) continue;
            (await error).ShouldContain("--resume");
            var verdict = Json(output).GetProperty("verdict");
            (verdict.GetProperty("mayBeTraded").GetBoolean(), verdict.GetProperty("checks").GetInt32()).ShouldBe((false, 0));
            verdict.GetProperty("sentence").GetString().ShouldBe("Not checked: the run was interrupted before its checks");
        }
        interrupted.ShouldBeTrue("SIGTERM, sent when the first of four symbols was through, interrupted none of eight runs");
        Json(await File.ReadAllTextAsync(_folder.At("cut/manifest.json"))).GetProperty("status").GetString().ShouldBe("interrupted");
        Json(await File.ReadAllTextAsync(_folder.At("cut/results.json"))).GetProperty("interrupted").GetBoolean().ShouldBeTrue();

        var resumed = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("cut"), "--resume", "--json",
            "--no-guards");
        resumed.ExitCode.ShouldBe(0, resumed.Error);
        Json(resumed.Output).GetProperty("digest").GetString().ShouldBe(Json(whole.Output).GetProperty("digest").GetString());
        Json(resumed.Output).GetProperty("verdict").GetProperty("sentence").GetString()
            .ShouldBe(Json(whole.Output).GetProperty("verdict").GetProperty("sentence").GetString());
        Directory.Exists(_folder.At("cut/.progress")).ShouldBeFalse();
    }

    [DllImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006, SYSLIB1054 // the C library's own name
    private static extern int kill(int process, int signal);
#pragma warning restore IDE1006, SYSLIB1054

    [Fact]
    public async Task Verify_confirms_a_run_and_notices_changed_bars()
    {
        var bars = File.ReadAllText(Path.Combine(SharedData.RepositoryRoot, "samples/data/1h/ACME.csv"));
        _folder.Write("bars/ACME.csv", bars);
        var batch = _folder.Write("batch.json", """
            { "name": "v", "data": { "source": "csv:bars", "symbols": "ACME", "timeframe": "1h" }, "strategies": [ { "class": "SmaCross",
              "params": { "fast": [5, 8], "slow": 30 } } ] }
            """);
        (await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("run"), "--quiet")).ExitCode.ShouldBe(0);
        var good = await GranaryCall.RunAsync("verify", _folder.At("run"));
        good.ExitCode.ShouldBe(0, good.Error + good.Output);
        good.Output.ShouldContain("No look-ahead");

        var lines = bars.Split('\n');
        lines[200] = lines[200][..lines[200].LastIndexOf(',')] + ",1";
        lines[1500] = string.Join(',', lines[1500].Split(',').Select((f, i) => i is >= 1 and <= 4 ? "80" : f));
        _folder.Write("bars/ACME.csv", string.Join('\n', lines));
        var changed = await GranaryCall.RunAsync("verify", _folder.At("run"), "--sample", "1", "--cuts", "1");
        changed.ExitCode.ShouldBe(1);
        changed.Output.ShouldContain("The bars of ACME have changed since the run");
    }

    [Fact]
    public async Task Walkforward_leaves_a_folder_that_verify_confirms()
    {
        var batch = _folder.Write("walk.json", $$"""
            { "name": "w", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": "ACME",
              "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [5, 8], "slow": [20, 30] } } ],
                "walkForward": { "inSample": "20w", "outOfSample": "10w" } }
            """);
        var run = await GranaryCall.RunAsync("walkforward", batch, "--out", _folder.At("walk"), "--json");
        run.ExitCode.ShouldBe(0, run.Error);
        Json(run.Output).GetProperty("windows").GetInt32().ShouldBe(6);
        Json(await File.ReadAllTextAsync(_folder.At("walk/results.json"))).GetProperty("evidence").GetProperty("outOfSample")
            .GetProperty("sentence").GetString()!.ShouldContain("walk-forward");
        var verified = await GranaryCall.RunAsync("verify", _folder.At("walk"), "--cuts", "2");
        verified.ExitCode.ShouldBe(0, verified.Error + verified.Output);
        verified.Output.ShouldContain(Json(run.Output).GetProperty("digest").GetString()!);
        var wrong = await GranaryCall.RunAsync("walkforward",
            _folder.Write("bad.json", File.ReadAllText(batch).Replace("10w", "soon", StringComparison.Ordinal)));
        wrong.ExitCode.ShouldBe(2);
        wrong.Error.ShouldContain("walkForward.outOfSample");
    }

    [Fact]
    public async Task Optimise_prints_the_best_trials_beside_the_luck_bar_and_leaves_a_folder_that_verify_confirms()
    {
        var batch = _folder.Write("search.json", $$"""
            { "name": "s", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": "ACME",
              "timeframe": "1h" },
              "strategies": [ { "class": "SmaCross", "search": { "trials": 12, "space": { "fast": [5, 20], "slow": [30, 90] } } } ] }
            """);
        var json = await GranaryCall.RunAsync("optimise", batch, "--out", _folder.At("one"), "--json");
        json.ExitCode.ShouldBe(0, json.Error);
        var search = Json(json.Output).GetProperty("searches")[0];
        (search.GetProperty("trials").GetInt32(), search.GetProperty("finished").GetInt32()).ShouldBe((12, 12));
        search.GetProperty("best")[0].GetProperty("values").GetProperty("slow").GetInt32().ShouldBeInRange(30, 90);
        var shown = await GranaryCall.RunAsync("optimise", batch, "--out", _folder.At("two"), "--threads", "1");
        shown.Output.ShouldContain("SmaCross@ACME:1h: the best of 12 trials by sharpe");
        shown.Output.ShouldContain("the best of as many worthless trials would show");
        File.ReadAllText(_folder.At("two/trials.csv")).ShouldBe(File.ReadAllText(_folder.At("one/trials.csv")));
        var verified = await GranaryCall.RunAsync("verify", _folder.At("one"), "--sample", "2", "--cuts", "1");
        verified.ExitCode.ShouldBe(0, verified.Error + verified.Output);
        verified.Output.ShouldContain(Json(json.Output).GetProperty("digest").GetString()!);
        var plain = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("plain"));
        plain.ExitCode.ShouldBe(2);
        plain.Error.ShouldContain("line 3, strategies[0].search: a search makes its strategies one after the other; run the batch with "
            + "'granary optimise'");
        Directory.Exists(_folder.At("plain")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_disk_that_fills_up_during_a_run_is_an_error_of_one_sentence_and_the_next_run_continues_from_what_had_finished()
    {
        var disk = _folder.At("disk");
        Directory.CreateDirectory(disk);
        Assert.SkipUnless(await ShellAsync($"mount -t tmpfs -o size=1m tmpfs '{disk}'"),
            "needs a small disk: run as root on Linux, in a container with the right to mount (--privileged)");
        try
        {
            // A part of the quickstart that writes more than the disk takes.
            var batch = _folder.Write("part.json", await QuickstartRun.PartTextAsync());
            var whole = await quickstart.PartOutcome;
            var run = Path.Combine(disk, "run");
            var full = await GranaryProcess.RunAsync("backtest", batch, "--out", run, "--quiet", "--no-guards");
            full.ExitCode.ShouldBe(1);
            full.Error.Trim().Split('\n').Length.ShouldBe(1);
            full.Error.ShouldContain(run);
            full.Error.ShouldContain("No space left");
            full.Error.ShouldContain("--resume");
            // No file of it looks like a result.
            Directory.EnumerateFiles(run).ShouldBeEmpty();
            (await ShellAsync($"mount -o remount,size=300m '{disk}'")).ShouldBeTrue();
            var resumed = Json((await GranaryCall.RunAsync("backtest", batch, "--out", run, "--resume", "--json",
                "--no-guards")).Output);
            resumed.GetProperty("digest").GetString().ShouldBe(whole.GetProperty("digest").GetString());
        }
        finally
        {
            await ShellAsync($"umount '{disk}'");
        }
    }

    private static async Task<bool> ShellAsync(string command)
    {
        using var process =
            System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo("/bin/sh", ["-c", command + " 2>/dev/null"]))!;
        await process.WaitForExitAsync();
        return process.ExitCode == 0;
    }

    [Fact]
    public async Task Compare_tells_what_differs()
    {
        string Batch(int fast) => $$"""
            { "name": "c", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": "ACME",
              "timeframe": "1h", "to": "2022-07-01" },
              "strategies": [ { "class": "SmaCross", "params": { "fast": {{fast}}, "slow": 30 } } ],
              "portfolio": { "weights": "equal" } }
            """;
        await GranaryCall.RunAsync("backtest", _folder.Write("a.json", Batch(5)), "--out", _folder.At("a"), "--quiet", "--no-guards");
        await GranaryCall.RunAsync("backtest", _folder.Write("b.json", Batch(6)), "--out", _folder.At("b"), "--quiet", "--no-guards");
        var same = await GranaryCall.RunAsync("compare", _folder.At("a"), _folder.At("a"));
        File.ReadAllText(Path.Combine(_folder.At("a"), "compare.html")).ShouldContain("comparison");
        same.Output.ShouldContain("The runs are the same");
        var differ = Json((await GranaryCall.RunAsync("compare", _folder.At("a"), _folder.At("b"), "--json")).Output);
        differ.GetProperty("sameDigest").GetBoolean().ShouldBeFalse();
        differ.GetProperty("onlyInA").GetArrayLength().ShouldBe(1);
        differ.GetProperty("tradesOnlyInA").GetArrayLength().ShouldBeGreaterThan(0);
        await Compare_prints_ten_rows_of_a_table_and_all_by_option(differ);
    }

    private async Task Compare_prints_ten_rows_of_a_table_and_all_by_option(JsonElement differ)
    {
        var statistics = differ.GetProperty("statistics").GetArrayLength();
        var trades = differ.GetProperty("tradesOnlyInA").GetArrayLength() + differ.GetProperty("tradesOnlyInB").GetArrayLength()
            + 2 * differ.GetProperty("tradesChanged").GetArrayLength();
        var usual = await LinesAsync();
        Rows(usual, "portfolio ").ShouldBe(10);
        Rows(usual, "A ", "B ").ShouldBe(10);
        usual.ShouldContain($"and {statistics - 10} more statistics; --all prints them");
        usual.ShouldContain($"and {trades - 10} more rows; --all prints them");
        // What a reader asks for first is among the ten.
        usual.Where(l => l.StartsWith("portfolio ", StringComparison.Ordinal)).Take(3).Select(l => l.Split("  ")[1].Trim())
            .ShouldBe(["Total return", "Sharpe ratio", "Maximum drawdown"]);

        var all = await LinesAsync("--all");
        Rows(all, "portfolio ", "SmaCross").ShouldBe(statistics);
        Rows(all, "A ", "B ").ShouldBe(trades);
        all.ShouldNotContain(l => l.Contains("--all", StringComparison.Ordinal));

        async Task<string[]> LinesAsync(params string[] more) =>
            (await GranaryCall.RunAsync(["compare", _folder.At("a"), _folder.At("b"), .. more])).Output.Split('\n');

        static int Rows(string[] lines, params string[] starts) =>
            lines.Count(l => starts.Any(s => l.StartsWith(s, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Compare_gives_differences_of_percentages_in_percentage_points()
    {
        string Batch(string commission) => $$"""
            { "name": "c", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": "ACME",
              "timeframe": "1h", "to": "2022-07-01" }, "execution": { "commissionPercent": {{commission}} },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 30 } } ], "portfolio": { "weights": "equal" } }
            """;
        foreach (var (name, commission) in new[] { ("a", "0.01"), ("b", "0.05") })
            (await GranaryCall.RunAsync("backtest", _folder.Write(name + ".json", Batch(commission)), "--out", _folder.At(name), "--quiet",
                "--no-guards")).ExitCode.ShouldBe(0);
        double Return(string name) => Json(File.ReadAllText(_folder.At(name + "/results.json"))).GetProperty("portfolio")
            .GetProperty("stats").GetProperty("totalReturn").GetDouble();
        var points = 100 * (Return("b") - Return("a"));
        points.ShouldBeLessThan(-0.1);
        var shown = $"−{(-points).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture)} pp";
        var output = (await GranaryCall.RunAsync("compare", _folder.At("a"), _folder.At("b"))).Output;
        output.ShouldContain("(pp: percentage points)");
        output.Split('\n').Single(l => l.StartsWith("portfolio", StringComparison.Ordinal) && l.Contains("Total return"))
            .ShouldEndWith(shown);
        (await File.ReadAllTextAsync(_folder.At("b/compare.html"))).ShouldContain($">{shown}</td>");
    }

    [Fact]
    public async Task Five_notes_follow_the_table_in_their_order_and_the_others_are_counted()
    {
        // Costs, sizes, duplicates, a fast average that is slow: a batch with much to say.
        var batch = _folder.Write("many.json", $$"""
            { "name": "many", "data": { "source": "csv:{{Path.Combine(SharedData.RepositoryRoot, "samples/data/1h")}}", "symbols": "*",
                "timeframe": "1h", "to": "2022-05-01" },
              "execution": { "slippagePercent": 0 },
              "strategies": [ { "class": "SmaCross", "params": { "fast": [10, 40], "slow": [30, 31] },
                "size": { "percentOfEquity": 100 } }, { "class": "SmaCross", "params": { "fast": 2, "slow": 2000 }, "tag": "idle" } ] }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("many"), "--no-guards");
        call.ExitCode.ShouldBe(0, call.Error);
        var sentences = Json(await File.ReadAllTextAsync(_folder.At("many/results.json"))).GetProperty("notes").EnumerateArray()
            .Select(n => n.GetProperty("sentence").GetString()!).ToList();
        sentences.Count.ShouldBeGreaterThan(5, "the batch is to have more notes than are printed");
        var lines = call.Output.Split('\n').ToList();
        var notes = lines.Where(l => l.StartsWith("Note ", StringComparison.Ordinal)).ToList();
        notes.ShouldBe(sentences.Take(5).Select(s => "Note " + s));
        lines.IndexOf(notes[0]).ShouldBeGreaterThan(lines.FindLastIndex(l => l.StartsWith("SmaCross", StringComparison.Ordinal)));
        var rest = sentences.Count - 5;
        lines.ShouldContain($"{rest} more {(rest == 1 ? "note" : "notes")} in report.html");
    }

    [Fact]
    public async Task Imported_bars_give_the_digest_of_the_file_they_came_from()
    {
        var file = Path.Combine(SharedData.RepositoryRoot, "samples/data/1h/ACME.csv");
        for (var i = 0; i < 2; i++)
        {
            var import = await GranaryCall.RunAsync("data", "import", file, "--store", _folder.At("store"), "--symbol", "ACME",
                "--timeframe", "1h");
            import.ExitCode.ShouldBe(0, import.Error);
            if (i == 1) import.Output.ShouldContain("0 new, 0 changed");
        }
        string Batch(string source) => $$"""
            { "name": "s", "data": { "source": "{{source}}", "symbols": "ACME", "timeframe": "1h" }, "strategies":
              [ { "class": "EmaCross" }, { "class": "DonchianBreakout", "timeframe": "4h" } ] }
            """;
        var a = await GranaryCall.RunAsync("backtest", _folder.Write("a.json", Batch("csv:" + Path.GetDirectoryName(file))), "--out",
            _folder.At("a"), "--json", "--no-guards");
        var b = await GranaryCall.RunAsync("backtest", _folder.Write("b.json", Batch("store:store")), "--out", _folder.At("b"),
            "--json", "--no-guards");
        b.ExitCode.ShouldBe(0, b.Error);
        Json(b.Output).GetProperty("digest").GetString().ShouldBe(Json(a.Output).GetProperty("digest").GetString());
    }

    [Fact]
    public async Task Factors_are_computed_over_a_file_and_are_empty_until_warm()
    {
        var call = await GranaryCall.RunAsync("factors", "compute", Path.Combine(SharedData.RepositoryRoot, "samples/data/1h/ACME.csv"),
            "--factors", "sma(20);macd(12,26,9).signal");
        call.ExitCode.ShouldBe(0, call.Error);
        var lines = call.Output.TrimEnd('\n').Split('\n');
        lines[0].ShouldBe("time,sma(20),\"macd(12,26,9).signal\"");
        lines[1].ShouldEndWith(",,");
        lines[20].Split(',')[1].ShouldNotBe("");
        lines.Length.ShouldBe(2703);
    }

    [Fact]
    public async Task Analyze_gives_the_metrics_that_numpy_gives()
    {
        var folder = Path.Combine(SharedData.RepositoryRoot, "tests", "Shared", "oracles", "metrics");
        var call = await GranaryCall.RunAsync("analyze", Path.Combine(folder, "synthetic_equity.csv"), "--benchmark",
            Path.Combine(folder, "synthetic_benchmark.csv"), "--periods-per-year", "252", "--json", "--out", _folder.At("sheet.html"));
        call.ExitCode.ShouldBe(0, call.Error);
        var all = Flatten(Json(call.Output)).ToDictionary(p => p.Name, p => p.Value);
        // numpy 1.24.2 and pandas 1.5.3 on the same two curves
        var expected = new (string Name, double Value)[]
        {
            ("sharpe", -0.266340973048149), ("sortino", -0.3662620933555931), ("maxDrawdown", 0.3106161072912734),
            ("beta", 0.5941439376555818), ("volatility", 0.13722011712152452),
        };
        foreach (var (name, value) in expected) all[name].ShouldBe(value, 1e-9, name);
        new FileInfo(_folder.At("sheet.html")).Length.ShouldBeGreaterThan(10_000);
    }

    private static IEnumerable<(string Name, double Value)> Flatten(JsonElement element)
    {
        if (element.ValueKind != JsonValueKind.Object) yield break;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var property in element.EnumerateObject())
        {
            if (property.Value.ValueKind == JsonValueKind.Number && seen.Add(property.Name))
                yield return (property.Name, property.Value.GetDouble());
            foreach (var inner in Flatten(property.Value))
                if (seen.Add(inner.Name))
                    yield return inner;
        }
    }
}
