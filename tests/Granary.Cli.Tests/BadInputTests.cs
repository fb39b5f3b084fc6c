using System.Text.Json.Nodes;

namespace Granary.Cli.Tests;

/// <summary>
/// What is wrong is said in one sentence that leads to it, with exit code 2 (1 for the disk), and nothing is half written. The process
/// itself is asked once.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private const string Bars = """
        time,open,high,low,close,volume
        2024-01-01,10,11,9,10.5,100
        2024-01-02,10.5,12,10,11,100
        2024-01-03,11,11.5,10.5,11.2,100
        2024-01-04,11.2,11.9,11,11.5,100

        """;

    private static readonly System.Text.Json.JsonSerializerOptions _indented = new() { WriteIndented = true };

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static JsonObject Batch() => JsonNode.Parse("""
        { "name": "bad", "data": { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" },
          "strategies": [ { "class": "SmaCross", "params": { "fast": 2, "slow": 3 } } ] }
        """)!.AsObject();

    private async Task<string> RefusedAsync(string batch, int code = 2, params string[] more)
    {
        var call = await GranaryCall.RunAsync(["backtest", _folder.Write("batch.json", batch), "--out", _folder.At("run"), "--quiet",
            .. more]);
        call.ExitCode.ShouldBe(code, call.Error + call.Output);
        call.Output.ShouldBe("");
        call.Error.TrimEnd('\n').Split('\n').Length.ShouldBe(1, call.Error);
        Directory.Exists(_folder.At("run")).ShouldBeFalse("a refused batch leaves nothing behind");
        return call.Error;
    }

    private async Task<string> RefusedAsync(Action<JsonObject> change, params string[] more)
    {
        _folder.Write("bars/A.csv", Bars);
        var batch = Batch();
        change(batch);
        return await RefusedAsync(batch.ToJsonString(_indented), 2, more);
    }

    private async Task<string> BadBarsAsync(string bars)
    {
        _folder.Write("bars/A.csv", bars);
        var sentence = await RefusedAsync(Batch().ToJsonString());
        sentence.ShouldContain("A.csv");
        return sentence;
    }

    [Fact]
    public async Task An_account_without_a_journal_and_a_configuration_without_weights_are_refused_in_one_sentence()
    {
        _folder.Write("bars/A.csv", Bars);
        var batch = Batch();
        batch["data"]!["holdout"] = "2024-01-04";
        (await GranaryCall.RunAsync("backtest", _folder.Write("batch.json", batch.ToJsonString()), "--out", _folder.At("run"), "--quiet"))
            .ExitCode.ShouldBe(0);
        async Task<string> FaultAsync(params string[] arguments)
        {
            var call = await GranaryCall.RunAsync(arguments);
            call.ExitCode.ShouldBe(2, call.Error);
            call.Error.TrimEnd('\n').Split('\n').Length.ShouldBe(1, call.Error);
            return call.Error;
        }

        var prod = _folder.At("run/prod.json");
        (await FaultAsync("parity", _folder.At("run"), prod)).ShouldContain("has no journal of a session; name the folder");
        _folder.Write("state/journal.grj", "");
        const string Fault = "strategies: no strategy has a weight: there is nothing to trade";
        (await FaultAsync("parity", _folder.At("state"), prod)).ShouldContain(Fault);
        (await FaultAsync("holdout", "judge", _folder.At("run"))).ShouldContain(Fault);
    }

    [Fact]
    public async Task A_batch_file_that_is_missing_is_named()
    {
        var call = await GranaryProcess.RunAsync("backtest", "/nowhere/x.json");
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain("/nowhere/x.json does not exist");
    }

    [Fact]
    public async Task A_batch_that_is_not_JSON_is_named_with_its_line() =>
        (await RefusedAsync("{\n  \"name\": \"x\"\n  \"data\": 1 }")).ShouldContain("batch.json, line 3");

    [Fact]
    public async Task An_unknown_key_suggests_the_nearest() =>
        (await RefusedAsync(b => b["data"]!["simbols"] = "A")).ShouldContain("did you mean 'symbols'?");

    [Fact]
    public async Task An_unknown_class_suggests_the_nearest() =>
        (await RefusedAsync(b => b["strategies"]![0]!["class"] = "SmaCros")).ShouldContain("did you mean 'SmaCross'?");

    [Fact]
    public async Task An_unknown_parameter_suggests_the_nearest() =>
        (await RefusedAsync(b => b["strategies"]![0]!["params"]!["fats"] = 3)).ShouldContain("did you mean 'fast'?");

    [Fact]
    public async Task A_parameter_out_of_range_names_the_range() =>
        (await RefusedAsync(b => b["strategies"]![0]!["params"]!["fast"] = -1)).ShouldContain("out of range: 1 … 2000");

    [Fact]
    public async Task A_text_for_a_number_is_said() =>
        (await RefusedAsync(b => b["strategies"]![0]!["params"]!["fast"] = "ten")).ShouldContain("fast");

    [Fact]
    public async Task An_unknown_timeframe_lists_those_there_are() =>
        (await RefusedAsync(b => b["data"]!["timeframe"] = "2d")).ShouldContain("1m 3m 5m");

    [Fact]
    public async Task An_unknown_symbol_suggests_the_nearest() =>
        (await RefusedAsync(b => b["data"]!["symbols"] = "AA")).ShouldMatch(
            "batch.json, line [0-9]+, data.source: .*bars: there is no file for the symbol 'AA'; did you mean A\\?\n$");

    [Fact]
    public async Task An_unknown_output_suggests_the_nearest() =>
        (await RefusedAsync(b => b["outputs"] = new JsonArray("trade"))).ShouldContain("did you mean 'trades'?");

    [Fact]
    public async Task More_than_a_million_combinations_ask_for_the_users_word()
    {
        var sentence = await RefusedAsync(b =>
        {
            b["strategies"]![0]!["params"]!["fast"] = new JsonArray([.. Enumerable.Range(1, 500).Select(i => (JsonNode)i)]);
            b["strategies"]![0]!["params"]!["slow"] = new JsonArray([.. Enumerable.Range(2, 2001).Select(i => (JsonNode)i)]);
        });
        sentence.ShouldContain("1,000,500");
        sentence.ShouldContain("--yes");
    }

    [Theory]
    [InlineData("backtest")]
    [InlineData("walkforward")]
    [InlineData("train")]
    public async Task Bars_of_another_timeframe_than_the_batch_says_are_refused_at_its_line(string command)
    {
        _folder.Write("bars/A.csv", Bars);
        var batch = Batch();
        batch["data"]!["timeframe"] = "1h";
        batch["walkForward"] = new JsonObject { ["inSample"] = "2d", ["outOfSample"] = "1d" };
        if (command == "train") batch["learning"] = new JsonObject { ["trainer"] = "gradient-boosting", ["label"] = "direction" };
        if (command != "walkforward") batch.Remove("walkForward");
        var call = await GranaryCall.RunAsync(command, _folder.Write("batch.json", batch.ToJsonString(_indented)));
        (call.ExitCode, call.Output).ShouldBe((2, ""));
        call.Error.ShouldMatch("batch.json, line 8, data.timeframe: most bars of A are 1 d apart, not 1h; write \"timeframe\": \"1d\", or "
            + "name a source with 1h bars\n$");
    }

    [Fact]
    public async Task Of_several_sources_the_one_with_another_timeframe_is_named()
    {
        _folder.Write("bars/A.csv", Bars);
        _folder.Write("other/B.csv", Bars);
        (await RefusedAsync("""
            { "name": "parts", "data": { "parts": [
                { "source": "csv:bars", "symbols": ["A"], "timeframe": "1d" },
                { "source": "csv:other", "symbols": ["B"], "timeframe": "1h" } ] },
              "strategies": [ { "class": "SmaCross", "params": { "fast": 2, "slow": 3 } } ] }
            """)).ShouldContain("batch.json, line 3, data.parts[1].timeframe: most bars of B are 1 d apart, not 1h");
    }

    [Theory]
    [InlineData("03/02/2010")]
    [InlineData("2010/03/02")]
    [InlineData("2.3.2010")]
    [InlineData("March 2, 2010")]
    [InlineData("2010-3-2")]
    [InlineData("2010-03-02 3pm")]
    [InlineData("2010-02-30")]
    public async Task A_time_that_is_not_of_ISO_8601_is_refused(string time)
    {
        (await RefusedAsync(b => b["data"]!["from"] = time)).ShouldMatch(
            $"batch.json, line [0-9]+, data.from: '{time}' is not a date; write it as 2024-01-31 or 2024-01-31T14:30:00Z\n$");
        // Options of commands read times by the same rule.
        var option = await GranaryCall.RunAsync("data", "import", "kucoin:BTC-USDT", "--store", _folder.At("s"), "--timeframe", "1h",
            "--from", time);
        (option.ExitCode, option.Output).ShouldBe((2, ""));
        option.Error.ShouldContain($"--from {time} is not a date");
    }

    [Theory]
    [InlineData(1, "2024-01-03,11,10,12,11,1\n")]
    [InlineData(1, "2024-01-02,11,12,10,11,1\n")]
    [InlineData(0, "2024-01-03,11,12,10,11,1\n")]
    public async Task A_check_of_bars_ends_with_1_where_it_finds_errors(int code, string row)
    {
        var file = _folder.Write("A.csv", "time,open,high,low,close,volume\n2024-01-01,10,11,9,10.5,100\n2024-01-02,10.5,12,10,11,100\n"
            + row);
        foreach (var form in new string[][] { [], ["--json"] })
        {
            var call = await GranaryCall.RunAsync(["data", "check", file, "--timeframe", "1d", .. form]);
            (call.ExitCode, call.Error).ShouldBe((code, ""));
            call.Output.Contains("error", StringComparison.OrdinalIgnoreCase).ShouldBe(code == 1);
        }
    }

    [Fact]
    public async Task A_folder_of_bars_that_is_missing_is_named() =>
        (await RefusedAsync(b => b["data"]!["source"] = "csv:nothing-here")).ShouldMatch(
            "batch.json, line [0-9]+, data.source: .*nothing-here: the folder does not exist; check the path and its spelling");

    [Fact]
    public async Task A_folder_in_place_of_a_batch_file_is_named()
    {
        var call = await GranaryCall.RunAsync(["backtest", _folder.Path]);
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain($"{_folder.Path} is a folder; give the path of a batch file");
    }

    [Fact]
    public async Task An_empty_bar_file_is_said() => (await BadBarsAsync("")).ShouldContain("empty");

    [Theory]
    [InlineData("2024-01-03,11,11.5,10.5\n", "wrong column count")]
    [InlineData("2024-01-03,11,eleven,10.5,11,1\n", "text for a number")]
    [InlineData("2024-01-03,11,NaN,10.5,11,1\n", "not a number")]
    [InlineData("2024-01-03,11,Infinity,10.5,11,1\n", "infinite")]
    [InlineData("2024-01-03,-11,12,-12,11,1\n", "negative price")]
    [InlineData("2024-01-03,11,10,12,11,1\n", "high below low")]
    [InlineData("2024-01-01,11,12,10,11,1\n", "out of order")]
    [InlineData("2024-01-02,11,12,10,11,1\n", "duplicate")]
    [InlineData("2024-01-03T00:00:00+05:00,11,12,10,11,1\n", "mixed time zones")]
    public async Task A_bad_row_is_named_with_its_line(string row, string what)
    {
        var sentence = await BadBarsAsync("time,open,high,low,close,volume\n2024-01-01,10,11,9,10.5,100\n2024-01-02,10.5,12,10,11,100\n"
            + row);
        sentence.ShouldContain("line 4", customMessage: what);
    }

    [Fact]
    public async Task A_run_folder_that_cannot_be_made_is_the_disks_fault()
    {
        _folder.Write("bars/A.csv", Bars);
        var file = _folder.Write("occupied", "a file, not a folder");
        var call = await GranaryCall.RunAsync("backtest", _folder.Write("batch.json", Batch().ToJsonString()), "--out",
            Path.Combine(file, "run"), "--quiet");
        call.ExitCode.ShouldBe(1);
        call.Error.ShouldContain("cannot be made");
        File.ReadAllText(file).ShouldBe("a file, not a folder");
    }

    [Fact]
    public async Task A_corrupt_stored_bar_file_is_named()
    {
        var bars = _folder.Write("bars/A.csv", Bars);
        (await GranaryCall.RunAsync("data", "import", bars, "--store", _folder.At("store"), "--symbol", "A", "--timeframe",
            "1d")).ExitCode.ShouldBe(0);
        var stored = Directory.EnumerateFiles(_folder.At("store"), "*.bars", SearchOption.AllDirectories).Single();
        var bytes = await File.ReadAllBytesAsync(stored);
        bytes[^20] ^= 0xFF;
        await File.WriteAllBytesAsync(stored, bytes);
        var batch = Batch();
        batch["data"]!["source"] = "store:store";
        var sentence = await RefusedAsync(batch.ToJsonString());
        sentence.ShouldContain(Path.GetFileName(stored));
    }

    [Fact]
    public async Task An_unknown_verb_suggests_the_nearest()
    {
        var call = await GranaryCall.RunAsync("backtst", "x");
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain("did you mean 'backtest'?");
    }

    [Fact]
    public async Task A_text_for_the_number_of_an_option_names_the_option()
    {
        var call = await GranaryCall.RunAsync("backtest", "batch.json", "--threads", "many");
        (call.ExitCode, call.Error.TrimEnd()).ShouldBe((2,
            "granary: --threads many: a whole number is required; --help shows how it is called"));
    }

    [Fact]
    public async Task Threads_out_of_range_are_refused() =>
        (await RefusedAsync(_ => { }, "--threads", "0")).ShouldContain("1 … 1024");

    [Theory]
    [InlineData("why", "ADDRESS", "--strategy", "x", "--trade", "1")]
    [InlineData("session", "ADDRESS", "status")]
    [InlineData("data", "check", "ADDRESS")]
    [InlineData("compare", "ADDRESS", "ADDRESS")]
    [InlineData("export", "ADDRESS", "--format", "parquet")]
    [InlineData("live", "ADDRESS", "--feed=ADDRESS", "--state=ADDRESS")]
    [InlineData("verify", "ADDRESS")]
    [InlineData("why", "postgres:/ann:s3cr3t@127.0.0.1/db", "--strategy", "x", "--trade", "1")]
    [InlineData("verify", "postgress://ann:s3cr3t@127.0.0.1/db")]
    [InlineData("compare", "Host=127.0.0.1;Password=s3cr3t;Database=db", "runs")]
    public async Task A_refusal_shows_an_address_without_its_password(params string[] arguments)
    {
        var call = await GranaryCall.RunAsync([.. arguments.Select(a =>
            a.Replace("ADDRESS", "postgres://ann:s3cr3t@127.0.0.1:1/db?account=p", StringComparison.Ordinal))]);
        call.ExitCode.ShouldNotBe(0);
        call.Error.ShouldNotBeEmpty();
        (call.Output + call.Error).ShouldNotContain("s3cr3t");
    }
}
