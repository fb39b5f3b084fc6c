using System.Diagnostics;
using System.Text.Json.Nodes;
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
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var arg in (string[])["exec", Path.Combine(AppContext.BaseDirectory, "granary.dll"), .. args]) start.ArgumentList.Add(arg);
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        var text = await output + await error;
        process.ExitCode.ShouldBe(code, text);
        return text;
    }

    [Fact]
    public async Task A_batch_has_the_digest_of_the_CSV()
    {
        string Batch(string scheme, string folder)
        {
            var path = _files.At(scheme + ".json");
            File.WriteAllText(path, $$"""
                { "name": "b", "data": { "source": "{{scheme}}:{{folder}}", "symbols": ["A"], "timeframe": "1m" },
                  "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": [20, 40] }, "size": { "units": 1 } } ],
                  "portfolio": { "weights": "equal" } }
                """);
            return path;
        }
        await RunAsync(0, "backtest", Batch("csv", "c"), "--out", _files.At("run-c"), "--quiet");
        await RunAsync(0, "backtest", Batch("parquet", "p"), "--out", _files.At("run-p"), "--quiet");
        Digest("run-p").ShouldBe(Digest("run-c"));
        string Digest(string run) => JsonNode.Parse(File.ReadAllText(_files.At(run + "/manifest.json")))!["digest"]!.GetValue<string>();
    }

    [Fact]
    public async Task Imports_checks_and_comparisons_take_Parquet()
    {
        await RunAsync(0, "data", "import", _parquet, "--store", _files.At("store"), "--symbol", "A", "--timeframe", "1m");
        (await RunAsync(0, "data", "compare", _parquet, _csv, "--symbol", "A", "--timeframe", "1m"))
            .ShouldContain("6,000");
        (await RunAsync(0, "data", "check", _parquet, "--timeframe", "1m")).ShouldContain("6,000");

        File.Move(_parquet, _files.At("p/B.csv"));
        // The content decides, not the name.
        (await RunAsync(0, "data", "check", _files.At("p/B.csv"), "--timeframe", "1m")).ShouldContain("6,000");
    }

    [Fact]
    public async Task A_damaged_file_ends_with_code_2()
    {
        File.WriteAllBytes(_parquet, File.ReadAllBytes(_parquet)[..^100]);
        (await RunAsync(2, "data", "check", _parquet, "--timeframe", "1m")).ShouldContain("A.parquet: the file is cut off");
    }
}
