using System.Text.Json;
using System.Text.RegularExpressions;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary>What a person reads in the terminal, here in a pipe.</summary>
public sealed class TerminalOutputTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Samples => Path.Combine(SharedData.RepositoryRoot, "samples/data/1h");

    private static string Done(GranaryProcess call)
    {
        call.ExitCode.ShouldBe(0, call.Error + call.Output);
        return call.Output;
    }

    // In a process, whose output is a pipe.
    private async Task<string> PipedAsync(params string[] arguments) => Done(await GranaryProcess.RunInAsync(_folder.Path, arguments));

    private static async Task<string> DoneAsync(params string[] arguments) => Done(await GranaryCall.RunAsync(arguments));

    private string Batch(string name, string commission) => _folder.Write(name + ".json", $$"""
        { "name": "{{name}}", "data": { "source": "csv:{{Samples}}", "symbols": "ACME", "timeframe": "1h" },
          "execution": { "commissionPercent": {{commission}} },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 5, "slow": 30 }, "size": { "units": 10 } } ],
            "portfolio": { "weights": "equal" }, "outputs": ["results", "trades", "equity"] }
        """);

    [Fact]
    public async Task Every_table_has_a_line_of_headers_and_in_a_pipe_no_borders_and_no_escape_sequences()
    {
        await DoneAsync("backtest", Batch("a", "0.1"), "--out", _folder.At("a"), "--no-guards", "--quiet");
        await DoneAsync("data", "import", Path.Combine(Samples, "ACME.csv"), "--store", _folder.At("store"), "--symbol", "ACME",
            "--timeframe", "1h");
        (string Header, string[] Call)[] calls =
        [
            (@"^Class +Parameters: default \(range\) +What it does$", ["strategies"]),
            (@"^Factor +Parameters: default \(range\) +What it is$", ["factors"]),
            (@"^Symbol +Timeframe +Bars +First \(UTC\) +Last \(UTC\) +Size \(KiB\) +Fault$",
                ["data", "list", "--store", _folder.At("store")]),
            (@"^Statistic +Value +Name in --json$(.|\n)*^ *Depth \(%\) +Peak +Trough +Recovery +Length \(days\)$",
                ["analyze", "a/equity.csv"]),
            (@"^Check +Result +Found$", ["doctor"]),
            (@"^Strategy +Return \(%\) +Sharpe +Max drawdown \(%\) +Trades +Weight$", ["backtest", Batch("b", "0.1"), "--out", "b",
                "--no-guards"]),
        ];
        foreach (var (header, call) in calls)
        {
            // Two of them in processes, whose output is a pipe; the others write by the same tables to a writer that is none either.
            var output = await (call[0] is "analyze" or "backtest" ? PipedAsync(call) : DoneAsync(call));
            output.ShouldMatch("(?m)" + header, string.Join(' ', call));
            output.Any(c => c is '\u001b' or (>= '\u2500' and <= '\u257F')).ShouldBeFalse(string.Join(' ', call));
        }
    }

    [Fact]
    public async Task Compare_counts_trades_as_its_page_does()
    {
        await DoneAsync("backtest", Batch("a", "0.1"), "--out", _folder.At("a"), "--no-guards", "--quiet");
        await DoneAsync("backtest", Batch("b", "0.2"), "--out", _folder.At("b"), "--no-guards", "--quiet");
        var output = await DoneAsync("compare", _folder.At("a"), _folder.At("b"));
        var counts = Regex.Match(output, @"Trades: ([\d,]+) only in A, ([\d,]+) only in B, ([\d,]+) changed").Groups;
        (counts[1].Value, counts[2].Value).ShouldBe(("0", "0"), "the same entries at another cost are changed, not others");
        counts[3].Value.ShouldNotBe("0");
        var json = JsonDocument.Parse(await DoneAsync("compare", _folder.At("a"), _folder.At("b"), "--json")).RootElement;
        json.GetProperty("tradesChanged").GetArrayLength().ToString("N0", System.Globalization.CultureInfo.InvariantCulture)
            .ShouldBe(counts[3].Value);
        json.GetProperty("tradesOnlyInA").GetArrayLength().ShouldBe(0);
        (await File.ReadAllTextAsync(_folder.At("b/compare.html"))).ShouldContain(counts[3].Value + " are changed");
    }

    [Fact]
    public async Task The_seconds_that_the_user_waited_are_shown_beside_those_of_the_batch()
    {
        var batch = Batch("a", "2");
        (await PipedAsync("backtest", batch, "--out", "a",
            "--no-guards")).ShouldMatch(@"(?m)^\d+\.\d s from call to result, of which \d+\.\d s until the results were ready");
        var json = JsonDocument.Parse(await PipedAsync("backtest", batch, "--out", "b", "--no-guards", "--json")).RootElement;
        json.GetProperty("totalSeconds").GetDouble().ShouldBeGreaterThan(json.GetProperty("seconds").GetDouble());
        json.GetProperty("notes").EnumerateArray().Select(n => n.GetProperty("code").GetString()).ShouldContain("suspicious");
    }

    [Fact]
    public async Task A_file_with_other_headers_names_the_key_that_maps_its_columns_and_the_key_works()
    {
        _folder.Write("bars/A.csv",
            "Datum,Start,Hoch,Tief,Schluss\n2024-01-01,10,11,9,10.5\n2024-01-02,10.5,12,10,11\n2024-01-03,11,12,10,11.5\n");
        string With(string columns) => _folder.Write("c.json", $$"""
            { "name": "c", "data": { "source": "csv:bars", "symbols": "A", "timeframe": "1d"{{columns}} }, "strategies":
              [ { "class": "BuyAndHold" } ], "outputs": ["results"] }
            """);
        var refused = await GranaryCall.RunAsync("backtest", With(""), "--out", _folder.At("c"));
        refused.ExitCode.ShouldBe(2);
        var example = Regex.Match(refused.Error, """("columns": \{[^}]*\})""").Value;
        example.ShouldNotBeEmpty(refused.Error);
        refused.Error.ShouldContain("--columns \"time=Datum;");
        await DoneAsync("backtest", With(", " + example), "--out", _folder.At("c"), "--quiet");
        (await DoneAsync("data", "import", _folder.At("bars/A.csv"), "--store", _folder.At("s"), "--symbol", "A", "--timeframe", "1d",
            "--columns", "time=1;open=2;high=3;low=4;close=Schluss")).ShouldContain("3 new");
    }

    [Fact]
    public async Task Track_says_tracking_error_sum_of_weights_and_whether_it_is_out_of_sample()
    {
        var random = new Random(5);
        var rows = Enumerable.Range(0, 120)
            .Select(i => (Day: new DateTime(2023, 1, 2).AddDays(i), A: random.NextDouble() - 0.5, B: random.NextDouble() - 0.5))
            .Select(r => FormattableString.Invariant($"{r.Day:yyyy-MM-dd},{(0.6 * r.A + 0.4 * r.B) / 100},{r.A / 100},{r.B / 100}"));
        _folder.Write("panel.csv", "date,IDX,A,B\n" + string.Join('\n', rows) + "\n");
        var inSample = await DoneAsync("track", "--panel", _folder.At("panel.csv"), "--index", "IDX", "--max-stocks", "2");
        inSample.ShouldMatch(@"(?m)^Sum of the weights +100\.00$");
        inSample.ShouldMatch(@"(?m)^Over +Periods +Tracking error \(% a year\) +Correlation");
        inSample.ShouldContain("Every figure is in sample");
        var split = await DoneAsync("track", "--panel", _folder.At("panel.csv"), "--index", "IDX", "--max-stocks", "2", "--split", "0.5");
        split.ShouldMatch("(?m)^out of sample: the later periods +60 ");
        split.ShouldNotContain("Every figure is in sample");
    }

    [Theory, InlineData("backtest"), InlineData("walkforward"), InlineData("live"), InlineData("session"), InlineData("analyze"),
        InlineData("learn"), InlineData("track"), InlineData("train"),
        InlineData("verify"), InlineData("compare"), InlineData("replay"), InlineData("data", "list"), InlineData("data", "check"),
        InlineData("data", "generate"), InlineData("data", "export")]
    public async Task Every_option_of_a_command_says_what_it_is_for(params string[] command)
    {
        var lines = (await DoneAsync([.. command, "--help"])).Split('\n')
            .SkipWhile(l => !l.StartsWith("Options:", StringComparison.Ordinal)).Skip(1).TakeWhile(l => l.StartsWith(' ')).ToList();
        lines.Count.ShouldBeGreaterThan(2);
        foreach (var line in lines) line.TrimEnd().ShouldMatch(@"^ +(-\S.*?  +[A-Za-z\p{L}(0-9']|\s{10,}\S)", line);
    }
}
