using System.Text.Json;

namespace Granary.Cli.Tests;

public sealed class DataCompareTests
{
    [Fact]
    public async Task A_store_and_a_file_of_the_same_market_are_compared_and_the_odd_bar_is_named()
    {
        using var folder = new TestFolder();
        (await GranaryCall.RunAsync("data", "generate", "--out", folder.At("made"), "--symbols", "COINUSDT", "--to", "2022-03-01"))
            .ExitCode.ShouldBe(0);
        var made = folder.At("made/1h/COINUSDT.csv");
        (await GranaryCall.RunAsync("data", "import", made, "--store", folder.At("store"), "--symbol", "COINUSDT", "--timeframe", "1h"))
            .ExitCode.ShouldBe(0);
        var lines = File.ReadAllLines(made);
        var fields = lines[500].Split(',');
        var close = double.Parse(fields[4], System.Globalization.CultureInfo.InvariantCulture);
        fields[2] = (close * 1.5).ToString("R", System.Globalization.CultureInfo.InvariantCulture);
        lines[500] = string.Join(',', fields);
        File.WriteAllLines(folder.At("COINUSDT.csv"), lines.Where((_, i) => i != 700));

        string[] call =
            ["data", "compare", folder.At("store"), folder.At("COINUSDT.csv"), "--timeframe", "1h", "--out", folder.At("all.csv")];
        var shown = await GranaryCall.RunAsync(call);
        (shown.ExitCode, shown.Error).ShouldBe((0, ""));
        shown.Output.ShouldContain("within the time that both cover 1 only in A, 0 only in B");
        shown.Output.ShouldContain("it lies far from the closes around it");
        shown.Output.ShouldContain("Likelier wrong: A on 0 bars, B on 2 bars; undecided on 0.");
        File.ReadAllLines(folder.At("all.csv")).Length.ShouldBe(3);

        var json = JsonDocument.Parse((await GranaryCall.RunAsync([.. call, "--json"])).Output).RootElement;
        json.GetProperty("disagreements").EnumerateArray().Select(d => d.GetProperty("field").GetString()).ShouldBe(["high", "bar"]);
        json.GetProperty("likelierWrong").GetProperty("b").GetInt32().ShouldBe(2);

        var unnamed = await GranaryCall.RunAsync("data", "compare", folder.At("store"), folder.At("store"));
        (unnamed.ExitCode, unnamed.Error.TrimEnd()).ShouldBe((2,
            "granary: name the market that both stores have: --symbol S --timeframe TF"));
    }
}
