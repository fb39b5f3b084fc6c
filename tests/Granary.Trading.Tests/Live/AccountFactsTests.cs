using System.Text.Json;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>The facts of a session in account.json.</summary>
public sealed class AccountFactsTests : IDisposable
{
    private readonly SessionUnderTest _under = new();

    public void Dispose() => _under.Dispose();

    private static List<JsonElement> Starts(LiveRun run)
    {
        var text = File.ReadAllText(Path.Combine(run.Run.Folder, "account.json"));
        // The first day of the calendar stands for no time at all.
        text.ShouldNotContain("0001-01-01");
        return [.. JsonElement.Parse(text).GetProperty("facts").EnumerateArray()
            .Where(f => f.GetProperty("what").GetString() == "started")];
    }

    [Fact]
    public async Task The_first_start_of_an_account_has_no_time_and_a_later_one_that_of_the_bar_before_it()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        Task<LiveRun> TradeAsync(string name, int day) => _under.LiveAsync(backtest, name, r => r with
        {
            State = Path.Combine(_under.Folder, "state"),
            To = new DateTime(2022, 1, day).Ticks,
        });
        Starts(await TradeAsync("first", 8)).ShouldHaveSingleItem().GetProperty("at").ValueKind.ShouldBe(JsonValueKind.Null);
        Starts(await TradeAsync("second", 12)).Select(s => s.GetProperty("at").GetString()).ShouldBe([null, "2022-01-07T23:00:00Z"]);
    }
}
