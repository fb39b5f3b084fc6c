using System.Text.Json;
using Granary.Testing;

namespace Granary.Cli.Tests;

public sealed class BatchReplayTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private async Task<string> Batch()
    {
        var call = await GranaryCall.RunAsync("data", "generate", "--out", _folder.At("bars"), "--symbols", "ACME,BTCUSDT",
            "--timeframe", "1h", "--from", "2024-01-01", "--to", "2024-01-15");
        call.ExitCode.ShouldBe(0, call.Error);
        var batch = _folder.At("batch.json");
        await File.WriteAllTextAsync(batch,
            """
                { "name": "r", "data": { "source": "csv:bars", "symbols": "*", "timeframe": "1h" }, "strategies":
                  [ { "class": "SmaCross" } ] }
                """);
        return batch;
    }

    [Fact]
    public async Task Bars_of_all_symbols_come_out_in_order_of_time_each_timestamp_closed_and_then_the_end()
    {
        var call = await GranaryProcess.RunAsync("replay", await Batch(), "--to", "stdout", "--pace", "asap", "--start", "2024-01-03");
        call.ExitCode.ShouldBe(0, call.Error);
        var lines = call.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        lines[^1].GetProperty("kind").GetString().ShouldBe("end");
        var times = lines.Select(l => l.GetProperty("time").GetDateTime()).ToList();
        times.ShouldBe(times.Order());
        times[0].ShouldBeGreaterThan(new DateTime(2024, 1, 3, 0, 0, 0, DateTimeKind.Utc));
        var markets = lines.Where(l => l.GetProperty("kind").GetString() == "bars").Select(l => l.GetProperty("market").GetString())
            .Distinct().Order().ToList();
        markets.ShouldBe(["SIM:ACME", "SIM:BTCUSDT"]);
        lines.Count(l => l.GetProperty("kind").GetString() == "heartbeat").ShouldBe(times.Distinct().Count());
        call.Error.ShouldContain("bars of 2 markets published");
    }

    [Theory]
    [InlineData("--to kafka://nobroker --pace asap", "'nobroker' is not a broker address")]
    [InlineData("--to nowhere", "--to nowhere: use stdout or kafka://HOST:PORT/TOPIC")]
    [InlineData("--to stdout --pace quick", "--pace quick is not a replay speed; use asap, fixed:100ms, realtime or x60")]
    public async Task What_is_wrong_with_the_call_is_one_sentence(string options, string sentence)
    {
        var call = await GranaryCall.RunAsync(["replay", await Batch(), .. options.Split(' ')]);
        call.ExitCode.ShouldBe(2);
        call.Error.Trim().Split('\n').Length.ShouldBe(1);
        call.Error.ShouldContain(sentence);
    }

    [Fact]
    public async Task A_stores_address_that_is_wrong_is_one_sentence_without_its_password()
    {
        var call = await GranaryCall.RunAsync("data", "list", "--store", "postgres://me:secret@127.0.0.1:1/x?timeout=2");
        call.ExitCode.ShouldBe(1);
        call.Error.ShouldContain("postgres://me@127.0.0.1:1/x?timeout=2 cannot be reached");
        call.Error.ShouldNotContain("secret");
    }

    [Fact]
    public async Task A_replay_is_paused_moved_to_another_time_given_another_speed_and_stopped_by_its_standard_input()
    {
        using var replay = GranaryProcess.Start(_folder.Path, "replay", await Batch(), "--to", "stdout", "--pace", "realtime", "--control");
        var errors = replay.StandardError.ReadToEndAsync();
        async Task<JsonElement> NextAsync(string kind)
        {
            while (await replay.StandardOutput.ReadLineAsync() is { } line)
            {
                using var item = JsonDocument.Parse(line);
                if (item.RootElement.GetProperty("kind").GetString() == kind) return item.RootElement.Clone();
            }
            throw new InvalidOperationException("the replay ended: " + await errors);
        }
        (await NextAsync("bars")).GetProperty("time").GetDateTime().ShouldBe(new DateTime(2024, 1, 1, 1, 0, 0, DateTimeKind.Utc));
        // The next hour comes in an hour; but time is sent elsewhere, and then there is no waiting.
        await replay.StandardInput.WriteLineAsync("pause");
        await replay.StandardInput.WriteLineAsync("seek 2024-01-10");
        await replay.StandardInput.WriteLineAsync("sleep");
        await replay.StandardInput.WriteLineAsync("pace quick");
        await replay.StandardInput.WriteLineAsync("resume");
        await replay.StandardInput.FlushAsync();
        (await NextAsync("bars")).GetProperty("time").GetDateTime().ShouldBe(new DateTime(2024, 1, 10, 1, 0, 0, DateTimeKind.Utc));
        await replay.StandardInput.WriteLineAsync("pace asap");
        await replay.StandardInput.FlushAsync();
        (await NextAsync("end")).GetProperty("time").GetDateTime().ShouldBe(new DateTime(2024, 1, 15, 0, 0, 0, DateTimeKind.Utc));
        await replay.WaitForExitAsync();
        replay.ExitCode.ShouldBe(0);
        (await errors).ShouldContain("'sleep' is not a command; use pause, resume, seek TIME, pace PACE or stop");
        (await errors).ShouldContain("--pace quick is not a replay speed");
    }
}
