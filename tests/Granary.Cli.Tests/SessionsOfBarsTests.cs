using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>--session</c> of the data commands, and sessions of a batch: breaks, sessions of a whole day, and wrong ones.</summary>
public sealed class SessionsOfBarsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static string Sample(string name) => Path.Combine(SharedData.RepositoryRoot, "tests", "Data", "sessions", name);

    [Theory]
    [InlineData("Mars/Olympus 09:00-10:00", "'Mars/Olympus' is not a time zone that this machine knows; use an IANA name such as ")]
    [InlineData("Asia/Tokyo 25:00-26:00", "use 24/7, XNYS, or a zone and its hours, such as \"America/New_York 09:30-16:00\"")]
    [InlineData("Asia/Tokyo 24:00-26:00", "use 24/7, XNYS, or a zone and its hours")]
    [InlineData("Asia/Tokyo 09:00-11:30,", "use 24/7, XNYS, or a zone and its hours")]
    [InlineData("Asia/Tokyo", "use 24/7, XNYS, or a zone and its hours")]
    [InlineData("Asia/Tokyo 09:00-11:30,11:00-15:00", "write the parts of the session in their order, each after the one before")]
    public async Task A_wrong_session_is_one_sentence(string session, string sentence)
    {
        foreach (var command in (string[][])[["check", Sample("SPY.csv")],
            ["export", "--store", _folder.At("s"), "--symbol", "SPY", "--out", _folder.At("o.csv")]])
        {
            var call = await GranaryCall.RunAsync(["data", .. command, "--timeframe", "30m", "--session", session]);
            call.ExitCode.ShouldBe(2);
            call.Error.TrimEnd('\n').Split('\n').ShouldHaveSingleItem().ShouldStartWith($"granary: --session {session}: {sentence}");
            call.Error.ShouldNotContain("Parameter");
        }
    }

    [Fact]
    public async Task A_session_of_a_whole_day_or_with_a_break_is_taken()
    {
        var import = await GranaryCall.RunAsync("data", "import", Sample("BHP.csv"), "--store", _folder.At("s"), "--symbol", "BHP",
            "--timeframe", "1h", "--time-zone", "Australia/Sydney");
        import.ExitCode.ShouldBe(0);
        foreach (var (session, first) in ((string, string)[])[("America/New_York 17:00-17:00", "2024-01-02,91"),
            ("Australia/Sydney 10:00-12:00,13:00-16:00", "2024-01-02,91"), ("24/7", "2024-01-01,91")])
        {
            var call = await GranaryCall.RunAsync("data", "export", "--store", _folder.At("s"), "--symbol", "BHP", "--timeframe", "1d",
                "--session", session, "--out", _folder.At("o.csv"));
            call.ExitCode.ShouldBe(0, call.Error);
            File.ReadLines(_folder.At("o.csv")).ElementAt(1).ShouldStartWith(first);
            call.Output.ShouldNotContain("no session is named");
        }
        var inferred = await GranaryCall.RunAsync("data", "export", "--store", _folder.At("s"), "--symbol", "BHP", "--timeframe", "1d",
            "--out", _folder.At("o.csv"));
        inferred.Output.ShouldContain("no session is named, and the bars show trading at Australia/Sydney 10:00-16:00");
    }

    [Theory]
    [InlineData("\"open\": \"09:00\", \"close\": \"15:00\", \"breaks\": [\"08:00-09:30\"]", "the breaks of a session lie within it")]
    [InlineData("\"open\": \"09:00\", \"close\": \"15:00\", \"breaks\": [\"noon\"]", "'noon' is not a span of a day; write it as \"11:30-12:30\"")]
    [InlineData("\"open\": \"09:00\", \"close\": \"15:00\", \"days\": [\"Caturday\"]", "'Caturday' is not a day; write it as Monday")]
    [InlineData("\"open\": \"09:00\", \"close\": \"15:00\", \"days\": []", "a session has at least one day of the week")]
    public async Task A_wrong_session_of_a_batch_is_one_sentence(string hours, string sentence)
    {
        Directory.CreateDirectory(_folder.At("bars"));
        File.Copy(Sample("BHP.csv"), _folder.At("bars/BHP.csv"));
        var batch = _folder.Write("batch.json", $$"""
            { "name": "b", "data": { "source": "csv:bars", "symbols": ["BHP"], "timeframe": "1h",
                "instruments": { "BHP": { "session": { "timeZone": "Asia/Tokyo", {{hours}} } } } },
              "strategies": [ { "class": "BuyAndHold", "timeframe": "1d" } ] }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("run"), "--quiet");
        call.ExitCode.ShouldBe(2);
        call.Error.TrimEnd('\n').Split('\n').ShouldHaveSingleItem().ShouldContain(sentence);
        call.Error.ShouldNotContain("Parameter");
    }

    [Fact]
    public async Task A_folder_of_daily_and_minute_files_runs_those_that_fit_and_names_the_others()
    {
        static string Rows(int minutes) => "time,open,high,low,close\n" + string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{new DateTime(2024, 1, 2).AddMinutes(i * minutes):yyyy-MM-dd HH:mm},10,12,9,{10 + i % 2}\n"));
        _folder.Write("bars/AAA.csv", Rows(1440));
        _folder.Write("bars/BBB.csv", Rows(1));
        var batch = _folder.Write("batch.json", """
            { "name": "b", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1d" },
              "strategies": [ { "class": "BuyAndHold" } ] }
            """);
        var call = await GranaryCall.RunAsync("backtest", batch, "--out", _folder.At("run"), "--quiet");
        call.ExitCode.ShouldBe(0, call.Error);
        var results = File.ReadAllText(_folder.At("run/results.json"));
        results.ShouldContain("BBB.csv: has 1m bars, not 1d, and was skipped.");
        results.ShouldContain("BuyAndHold()@AAA:1d");
        results.ShouldNotContain("@BBB");
    }
}
