using System.Diagnostics;
using System.Text.Json.Nodes;
using Granary.Recompute.Tests.Running;
using Granary.Testing;
using Shouldly;

namespace Granary.Parquet.Tests.Reading;

/// <summary>Each command that names bars takes Parquet, and has the results of the CSV of the same table.</summary>
public sealed class ParquetOnTheCommandLineTests : IDisposable
{
    private readonly ForeignFiles _files = new();
    private readonly string _csv, _parquet;

    public ParquetOnTheCommandLineTests()
    {
        (_csv, _parquet) = (_files.Csv("c/A.csv"), _files.Parquet("p/A.parquet"));
    }

    public void Dispose() => _files.Dispose();

    private static async Task<string> RunAsync(int code, params string[] args)
    {
        var (exit, output, error) = await GranaryCommand.CallAsync(args);
        exit.ShouldBe(code, output + error);
        return output + error;
    }

    private static async Task<string> ProcessAsync(int code, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var arg in (string[])["exec", Programs.Granary, .. args]) start.ArgumentList.Add(arg);
        TestCosts.Count(Started.Process);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var text = await output + await error;
        process.ExitCode.ShouldBe(code, text);
        return text;
    }

    private string Batch(string name, string source, string more = "")
    {
        var path = _files.At(name + ".json");
        File.WriteAllText(path, $$"""
            { "name": "b", "data": { "source": "{{source}}", "symbols": ["A"], "timeframe": "1m" {{more}} },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 40] }, "size": { "units": 1 } } ],
              "portfolio": { "weights": "equal" } }
            """);
        return path;
    }

    private string Digest(string run, string file = "manifest") =>
        JsonNode.Parse(File.ReadAllText(_files.At($"{run}/{file}.json")))!["digest"]!.GetValue<string>();

    [Fact]
    public async Task A_batch_and_its_live_replay_have_the_digest_of_the_CSV()
    {
        await RunAsync(0, "backtest", Batch("c", "csv:c"), "--out", _files.At("run-c"), "--quiet");
        await RunAsync(0, "backtest", Batch("p", "parquet:p"), "--out", _files.At("run-p"), "--quiet");
        Digest("run-p").ShouldBe(Digest("run-c"));
        foreach (var (name, feed) in new[] { ("live-c", "csv:" + _files.At("c")), ("live-p", "parquet:" + _files.At("p")) })
            await RunAsync(0, "live", _files.At("run-p/prod.json"), "--feed", feed, "--broker", "paper", "--without-evidence", "--out",
                _files.At(name), "--quiet");
        Digest("live-p", "results").ShouldBe(Digest("live-c", "results"));
    }

    [Fact]
    public async Task Funding_from_Parquet_charges_what_that_of_the_CSV_does()
    {
        const string Rates = "select (timestamp '2020-01-06 16:00:00' + to_hours(8 * i::int)) as time, "
            + "round((i % 5 - 1.5) / 2000, 5) as rate from range(11) t(i)";
        _files.Csv("rates.csv", Rates);
        _files.Parquet("rates.parquet", Rates.Replace(" as time", " at time zone 'UTC' as time", StringComparison.Ordinal));
        await RunAsync(0, "backtest", Batch("none", "parquet:p"), "--out", _files.At("run-n"), "--quiet");
        foreach (var name in (string[])["csv", "parquet"])
            await RunAsync(0, "backtest", Batch(name, "parquet:p", $", \"funding\": \"rates.{name}\""), "--out", _files.At("run-" + name),
                "--quiet");
        Digest("run-parquet").ShouldBe(Digest("run-csv"));
        Digest("run-parquet").ShouldNotBe(Digest("run-n"));
    }

    [Fact]
    public async Task Factors_are_computed_and_stores_exported_as_from_the_CSV()
    {
        string[] factors = ["--factors", "sma(20);rsi(14)", "--timeframe", "1m"];
        var expected = await RunAsync(0, ["factors", "compute", _csv, .. factors]);
        (await RunAsync(0, ["factors", "compute", _parquet, .. factors])).ShouldBe(expected);
        foreach (var (name, file) in new[] { ("c", _csv), ("p", _parquet) })
        {
            await RunAsync(0, "data", "import", file, "--store", _files.At("s" + name), "--symbol", "A", "--timeframe", "1m");
            await RunAsync(0, "data", "export", "--store", _files.At("s" + name), "--symbol", "A", "--timeframe", "1m", "--out",
                _files.At(name + "-out.csv"));
        }
        File.ReadAllText(_files.At("p-out.csv")).ShouldBe(File.ReadAllText(_files.At("c-out.csv")));
    }

    [Fact]
    public async Task Doctor_names_the_library() => (await ProcessAsync(0, "doctor")).ShouldContain("ParquetSharp 25");

    [Fact]
    public async Task Imports_checks_and_comparisons_take_Parquet()
    {
        await RunAsync(0, "data", "import", _parquet, "--store", _files.At("store"), "--symbol", "A", "--timeframe", "1m");
        (await RunAsync(0, "data", "compare", _parquet, _csv, "--symbol", "A", "--timeframe", "1m"))
            .ShouldContain("6,000");
        (await RunAsync(0, "data", "check", _parquet, "--timeframe", "1m")).ShouldContain("Nothing was found.");

        File.Move(_parquet, _files.At("p/B.csv"));
        // The content decides, not the name.
        (await RunAsync(0, "data", "check", _files.At("p/B.csv"), "--timeframe", "1m")).ShouldContain("Nothing was found.");
    }

    [Fact]
    public async Task A_damaged_file_ends_with_code_2()
    {
        File.WriteAllBytes(_parquet, File.ReadAllBytes(_parquet)[..^100]);
        (await RunAsync(2, "data", "check", _parquet, "--timeframe", "1m")).ShouldContain("A.parquet: the file is cut off");
    }
}
