using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class DataImportTests
{
    [Fact]
    public async Task A_folder_is_imported_market_by_market_and_a_bad_file_is_named_at_the_end()
    {
        using var folder = new TestFolder();
        (await GranaryCall.RunAsync("data", "generate", "--out", folder.At("made"), "--symbols", "ACME,COINUSDT", "--to", "2022-02-01"))
            .ExitCode.ShouldBe(0);
        string[] call = ["data", "import", folder.At("made/1h"), "--store", folder.At("store"), "--timeframe", "1h"];
        var unnamed = await GranaryCall.RunAsync(call);
        (unnamed.ExitCode, unnamed.Error.TrimEnd()).ShouldBe((2,
            "granary: give --symbol S for files of one market, or --symbol-from name for a market in each file's name"));

        folder.Write("made/1h/BAD.csv", "Date,Open,High,Low,Close,Volume\n2024-01-01,1,2,three,1,5\n");
        var imported = await GranaryCall.RunAsync([.. call, "--symbol-from", "name"]);
        imported.ExitCode.ShouldBe(2);
        imported.Error.ShouldContain("BAD.csv, line 2");
        var listed = JsonDocument.Parse((await GranaryCall.RunAsync("data", "list", "--store", folder.At("store"), "--json")).Output);
        listed.RootElement.EnumerateArray().Select(m => m.GetProperty("symbol").GetString()).ShouldBe(["ACME", "COINUSDT"]);

        File.Delete(folder.At("made/1h/BAD.csv"));
        var quiet = await GranaryCall.RunAsync([.. call, "--symbol-from", "name", "--quiet"]);
        (quiet.ExitCode, quiet.Output, quiet.Error).ShouldBe((0, "", ""));
    }

    [Fact]
    public async Task Files_of_vendors_are_recognised_and_a_damaged_one_is_named()
    {
        using var folder = new TestFolder();
        var samples = Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "formats");
        string[] daily = ["yfinance.csv", "yfinance-adjusted.csv", "stooq-pl.csv", "alphavantage-adjusted.csv",
            "alphavantage-adjusted.json",
            "databento-text.csv", "coingecko.csv", "european.csv", "european-quoted.csv", "european-english.csv",
            "barchart.csv", "closes.csv", "excel-days.csv", "metastock.txt", "metastock-plain.txt", "nasdaq.csv", "thousands.csv"];
        // Of several symbols: the Data tests read these.
        string[] several = ["alpaca-symbols.json", "symbols.csv", "yfinance-tickers.csv"];
        var files = Directory.GetFiles(samples).Where(f => !several.Contains(Path.GetFileName(f))).ToList();
        foreach (var path in files)
        {
            // The name is the market's, without its extension.
            var (name, extension) = (Path.GetFileNameWithoutExtension(path), Path.GetExtension(path));
            var to = folder.At($"{(daily.Contains(Path.GetFileName(path)) ? "1d" : "1h")}/{name}-{extension[1..]}{extension}");
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(path, to);
        }
        foreach (var timeframe in (string[])["1d", "1h"])
            (await GranaryCall.RunAsync("data", "import", folder.At(timeframe), "--store", folder.At("store"), "--timeframe", timeframe,
                "--symbol-from", "name", "--quiet")).ShouldBe(new GranaryProcess(0, "", ""));
        var listed = JsonDocument.Parse((await GranaryCall.RunAsync("data", "list", "--store", folder.At("store"), "--json")).Output);
        listed.RootElement.EnumerateArray().Select(m => m.GetProperty("count").GetInt64()).ShouldAllBe(count => count > 50);
        listed.RootElement.GetArrayLength().ShouldBe(files.Count);

        var european = File.ReadAllText(Path.Combine(samples, "european.csv")).Replace("228,58", "228,5,8");
        var damaged = await GranaryCall.RunAsync("data", "import", folder.Write("bad.csv", european), "--store", folder.At("store"),
            "--timeframe", "1d", "--symbol", "BAD");
        damaged.ExitCode.ShouldBe(2);
        damaged.Error.ShouldContain("bad.csv, line 2, Hoch: '228,5,8' is not a number with a decimal comma; write it as 1.234,56");
    }

    [Fact]
    public async Task The_formats_of_files_are_listed_with_their_layouts()
    {
        var listed = await GranaryCall.RunAsync("data", "formats", "--json");
        JsonDocument.Parse(listed.Output).RootElement.EnumerateArray().Select(f => f.GetProperty("name").GetString())
            .ShouldBe(["lean", "alphavantage", "alpaca", "polygon", "bitstamp", "coingecko", "json", "binance", "kraken", "records",
                "backtrader", "stooq", "cryptodatadownload", "tradingview", "yfinance", "databento", "dukascopy", "metatrader", "yahoo", "questdb",
                "european", "generic"]);
    }
}
