using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

/// <summary><c>granary factors study</c> of a batch file: its data and its universe.</summary>
public sealed class StudiedBatchTests
{
    private const string Source = "generated:AA,BB,CC,DD,EE,FF?from=2021-01-01&to=2021-07-01&seed=7";

    private static string Batch(string universe) => $$"""
        { "name": "studied",
          "universe": {{universe}},
          "strategies": [ { "class": "SmaCross" } ],
          "data": {
            "source": "{{Source}}", "symbols": "*",
            "timeframe": "1d" } }
        """;

    private static Task<GranaryProcess> StudyAsync(TestFolder folder) => GranaryCall.RunAsync("factors", "study", folder.At("batch.json"),
        "--factors", "roc(5)", "--horizons", "1", "--quantiles", "2", "--out", folder.At("study"), "--json");

    [Fact]
    public async Task The_members_of_the_batch_are_those_of_the_study()
    {
        using var folder = new TestFolder();
        folder.Write("members.csv", "symbol,from,to\nAA,,\nBB,,2021-04-01\nCC,,\nDD,2021-03-01,\nEE,,\n");
        folder.Write("batch.json", Batch("{ \"members\": \"members.csv\" }"));
        var call = await StudyAsync(folder);
        call.ExitCode.ShouldBe(0, call.Error);
        var study = JsonDocument.Parse(call.Output).RootElement;
        study.GetProperty("symbols").GetInt32().ShouldBe(5);
        study.GetProperty("factors")[0].GetProperty("meanSymbols").GetDouble().ShouldBeInRange(4, 4.9);
        study.GetProperty("notes").EnumerateArray().ShouldContain(n => n.GetString()!.Contains("FF"));
    }

    [Fact]
    public async Task A_fault_of_the_universe_has_the_line_of_the_batch_and_leaves_nothing()
    {
        using var folder = new TestFolder();
        folder.Write("batch.json", Batch("{ \"rank\": \"volumee(3)\", \"top\": 4 }"));
        var call = await StudyAsync(folder);
        call.ExitCode.ShouldBe(2);
        call.Error.ShouldContain("batch.json, line 2, universe.rank: ");
        Directory.Exists(folder.At("study")).ShouldBeFalse();
        folder.Write("batch.json", Batch("{ \"rank\": \"volume(3)\", \"top\": 4 }").Replace("\"1d\"", "\"1x\"", StringComparison.Ordinal));
        call = await StudyAsync(folder);
        call.Error.ShouldContain("batch.json, line 6, data.timeframe: ");
    }
}
