using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary why</c> on a run: its text, its JSON, and wrong input.</summary>
public sealed class WhyCommandTests(QuickstartRun run) : IClassFixture<QuickstartRun>
{
    private async Task<(string Folder, string Strategy, string Time)> SignalAsync()
    {
        await run.PartOutcome;
        // The id stands in quotes, since its parameters are divided by commas.
        var row = File.ReadLines(run.PartAt("signals.csv")).Skip(1).First();
        var id = row.Split('"')[1];
        var cells = row.Split('"')[2].Split(',');
        return (Path.GetDirectoryName(run.PartAt("signals.csv"))!, id, cells[3]);
    }

    [Fact]
    public async Task It_prints_the_bar_of_a_signal_as_text_and_as_json()
    {
        var (folder, strategy, time) = await SignalAsync();
        var text = await GranaryCall.RunAsync("why", folder, "--strategy", strategy, "--signal", "1");
        text.ExitCode.ShouldBe(0, text.Error);
        foreach (var part in (string[])["Bars", "Factors", "Account of the strategy", "Signal 1:", "Portfolio after the bar",
            "Rules of the portfolio", $"--strategy \"{strategy}\" --signal 1"])
            text.Output.ShouldContain(part);
        var json = await GranaryCall.RunAsync("why", folder, "--strategy", strategy, "--at", time, "--json");
        using var answer = JsonDocument.Parse(json.Output);
        answer.RootElement.GetProperty("bar").GetProperty("time").GetString().ShouldBe(time);
        answer.RootElement.GetProperty("signals")[0].GetProperty("number").GetInt32().ShouldBe(1);
        var span = await GranaryCall.RunAsync("why", folder, "--strategy", strategy, "--from", "2022-03-01", "--to", "2022-04-01");
        span.ExitCode.ShouldBe(0, span.Error);
        span.Output.ShouldContain("bars of");
    }

    [Theory]
    [InlineData("--signal", "99999", "name 1 to")]
    [InlineData("--trade", "0", "name 1 to")]
    [InlineData("--at", "yesterday", "is not a date")]
    [InlineData("--at", "2031-01-01", "name a time between them")]
    [InlineData("--from", "2031-01-01", "has no bar between them")]
    [InlineData("--symbol", "ACME", "give at, trade, signal, or from and to")]
    public async Task Wrong_input_is_one_sentence_and_exit_code_2(string option, string value, string part)
    {
        var (folder, strategy, _) = await SignalAsync();
        var call = await GranaryCall.RunAsync("why", folder, "--strategy", strategy, option, value);
        call.ExitCode.ShouldBe(2, call.Error);
        call.Error.ShouldContain(part);
        call.Error.Trim().ShouldNotContain('\n');
    }

    [Fact]
    public async Task A_folder_that_is_neither_a_run_nor_an_account_is_refused()
    {
        using var folder = new TestFolder();
        var call = await GranaryCall.RunAsync("why", folder.At(""), "--strategy", "x", "--signal", "1");
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain("has neither a manifest.json of a run nor the journal of a session");
    }
}
