using System.Globalization;
using Granary.Backtesting.Runs;
using Granary.Engine;
using Granary.Storage.Addresses;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>A restart compares the feed with the bars that the account was traded on.</summary>
public sealed class ChangedBarsTests : IDisposable
{
    private static readonly string[] s_symbols = ["ACME", "COINUSDT"];
    private static readonly long s_half = new DateTime(2022, 1, 10).Ticks, s_to = new DateTime(2022, 1, 15).Ticks;

    private readonly SessionUnderTest _under = new();

    public ChangedBarsTests()
    {
        Directory.CreateDirectory(Bars);
        foreach (var symbol in s_symbols) File.Copy(Path.Combine(SessionUnderTest.Bars, symbol + ".csv"), FileOf(symbol));
    }

    public void Dispose() => _under.Dispose();

    private string Bars => Path.Combine(_under.Folder, "bars");

    private string FileOf(string symbol) => Path.Combine(Bars, symbol + ".csv");

    private Task<LiveRun> TradeAsync(BatchRun backtest, string name, long to, string changed = "refuse", string speed = "asap") =>
        _under.LiveAsync(backtest, name, r => r with
        {
            Feed = Address.Parse("csv:" + Bars),
            State = Path.Combine(_under.Folder, "state"),
            To = to,
            ChangedBars = changed,
            Speed = speed,
        });

    // Rewrites the rows of a file; a row that becomes null is removed.
    private void Rewrite(string symbol, Func<string[], string[]?> change)
    {
        var lines = File.ReadAllLines(FileOf(symbol));
        File.WriteAllLines(FileOf(symbol), [lines[0], .. lines.Skip(1).Select(l => change(l.Split(','))).OfType<string[]>()
            .Select(f => string.Join(',', f))]);
    }

    private static string[] Scaled(string[] row, double factor) => [row[0], .. row[1..5].Select(p =>
        (double.Parse(p, CultureInfo.InvariantCulture) * factor).ToString("R", CultureInfo.InvariantCulture)), row[5]];

    [Theory]
    [InlineData("asap")]
    [InlineData("fixed:1ms")]
    public async Task Bars_halved_by_a_split_are_named_and_nothing_is_traded_until_the_operator_decides(string speed)
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        var before = await TradeAsync(backtest, "before", s_half, speed: speed);
        Rewrite("COINUSDT", row => Scaled(row, 0.5));
        var refused = await Should.ThrowAsync<InputException>(() => TradeAsync(backtest, "refused", s_to, speed: speed));
        var taken = CoinBars(s_half);
        refused.Message.ShouldContain(FormattableString.Invariant($"{taken:N0} of {taken:N0} bars of COINUSDT have other prices"));
        refused.Message.ShouldContain("all by the factor 0.5, as after a split");
        refused.Message.ShouldContain("--changed-bars keep");
        refused.Message.ShouldNotContain("ACME");
        // The account is untouched.
        Granary.Data.Journals.FileJournal.Peek(Path.Combine(_under.Folder, "state"), new()).Count(e => e.Kind == "OrderIntended")
            .ShouldBe(before.Ledger.TrackedOrders.Count);
        var kept = await TradeAsync(backtest, "kept", s_to, "keep", speed);
        kept.Status.Notes.ShouldContain(n => n.Contains("bars of COINUSDT have other prices", StringComparison.Ordinal));
        // What was accepted is not asked again; a later change is.
        await TradeAsync(backtest, "again", s_to, speed: speed);
    }

    private int CoinBars(long to) => File.ReadLines(FileOf("COINUSDT")).Skip(1).Count(l =>
        DateTime.Parse(l.Split(',')[0], CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal).Ticks < to);

    [Fact]
    public async Task A_bar_that_was_not_finished_when_it_was_taken_is_found()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        var whole = File.ReadAllLines(FileOf("COINUSDT"));
        // The file ends within the hour of its last bar.
        Rewrite("COINUSDT", row => string.CompareOrdinal(row[0], "2022-01-09T23:00:00Z") switch
        {
            < 0 => row,
            0 => [row[0], row[1], row[1], row[1], row[1], "1"],
            _ => null,
        });
        await TradeAsync(backtest, "before", s_half);
        File.WriteAllLines(FileOf("COINUSDT"), whole);
        (await Should.ThrowAsync<InputException>(() => TradeAsync(backtest, "refused", s_to))).Message.ShouldContain(
            FormattableString.Invariant(
                $"1 of {CoinBars(s_half):N0} bars of COINUSDT have other prices (first 2022-01-09T23:00:00Z: close "));
    }

    [Fact]
    public async Task A_bar_that_the_source_has_no_more_is_found_and_a_source_that_begins_later_is_no_difference()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        await TradeAsync(backtest, "before", s_half);
        var whole = File.ReadAllLines(FileOf("COINUSDT"));
        Rewrite("COINUSDT", row => row[0] == "2022-01-07T12:00:00Z" ? null : row);
        (await Should.ThrowAsync<InputException>(() => TradeAsync(backtest, "refused", s_to))).Message
            .ShouldContain("bars of COINUSDT are gone (first 2022-01-07T12:00:00Z");
        File.WriteAllLines(FileOf("COINUSDT"), whole);
        foreach (var symbol in s_symbols) Rewrite(symbol, row => string.CompareOrdinal(row[0], "2022-01-08") < 0 ? null : row);
        (await TradeAsync(backtest, "later", s_to, speed: "fixed:1ms")).Status.Bars.ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task A_bar_with_another_volume_alone_is_found_and_trading_follows_the_policy()
    {
        var backtest = await _under.BacktestAsync(to: "2022-01-15");
        await TradeAsync(backtest, "before", s_half);
        var was = "";
        Rewrite("COINUSDT", row =>
        {
            if (row[0] != "2022-01-07T12:00:00Z") return row;
            was = row[5];
            return [.. row[..5], "123456"];
        });
        var difference = FormattableString.Invariant($"1 of {CoinBars(s_half):N0} bars of COINUSDT have another volume ")
            + $"(first 2022-01-07T12:00:00Z: volume {was} in the journal, 123456 in the feed)";
        (await Should.ThrowAsync<InputException>(() => TradeAsync(backtest, "refused", s_to))).Message.ShouldContain(difference);
        (await TradeAsync(backtest, "kept", s_to, "keep")).Status.Notes.ShouldContain(n =>
            n.Contains("bars of COINUSDT have another volume", StringComparison.Ordinal));
    }

    [Fact]
    public void The_policy_is_one_of_two_words() => Should.Throw<InputException>(() => new LiveRequest
    {
        Production = "p",
        Feed = Address.Parse("csv:x"),
        ChangedBars = "ask",
    }.Check()).Message.ShouldBe("--changed-bars cannot be 'ask'; use refuse or keep");
}
