using System.Text.Json;

namespace Granary.Cli.Tests;

public sealed class DataImportTests
{
    [Fact]
    public async Task A_folder_is_imported_market_by_market_and_a_bad_file_is_named_at_the_end()
    {
        using var folder = new TestFolder();
        (await GranaryProcess.RunAsync("data", "generate", "--out", folder.At("made"), "--symbols", "ACME,COINUSDT", "--to", "2022-02-01"))
            .ExitCode.ShouldBe(0);
        string[] call = ["data", "import", folder.At("made/1h"), "--store", folder.At("store"), "--timeframe", "1h"];
        var unnamed = await GranaryProcess.RunAsync(call);
        (unnamed.ExitCode, unnamed.Error.TrimEnd()).ShouldBe((2,
            "granary: give --symbol S for files of one market, or --symbol-from name for a market in each file's name"));

        folder.Write("made/1h/BAD.csv", "Date,Open,High,Low,Close,Volume\n2024-01-01,1,2,three,1,5\n");
        var imported = await GranaryProcess.RunAsync([.. call, "--symbol-from", "name"]);
        imported.ExitCode.ShouldBe(2);
        imported.Error.ShouldContain("BAD.csv, line 2");
        var listed = JsonDocument.Parse((await GranaryProcess.RunAsync("data", "list", "--store", folder.At("store"), "--json")).Output);
        listed.RootElement.EnumerateArray().Select(m => m.GetProperty("symbol").GetString()).ShouldBe(["ACME", "COINUSDT"]);

        File.Delete(folder.At("made/1h/BAD.csv"));
        var quiet = await GranaryProcess.RunAsync([.. call, "--symbol-from", "name", "--quiet"]);
        (quiet.ExitCode, quiet.Output, quiet.Error).ShouldBe((0, "", ""));
    }
}
