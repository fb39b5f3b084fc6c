using Granary.Data.Journals;
using Granary.Engine.Brokerage;
using Granary.Engine.Trading;
using Granary.Testing;
using Granary.Trading.Live;

namespace Granary.Trading.Tests.Live;

/// <summary>What a venue makes of bars, while the journal does not have these bars yet.</summary>
public sealed class HeldFactsTests : IAsyncDisposable
{
    private static readonly BarsTaken Bars = new(2, []);
    private static readonly OrderAnswered Answer = new(2, "g1-0-1-e",
        new BrokerOrderStatus("g1-0-1-e", "V1", OrderState.Submitted, 0, ""));
    private static readonly SessionControlled Command = new(1, SessionCommand.Pause, "Anna", "");

    private readonly string _folder = Directory.CreateTempSubdirectory("granary-held-").FullName;
    private readonly ManualClock _clock = new();
    private readonly AccountJournal _journal;

    public HeldFactsTests() =>
        _journal = new AccountJournal(FileJournal.Open(_folder, TimeProvider.System, flush: false), _clock);

    public async ValueTask DisposeAsync()
    {
        await _journal.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private IEnumerable<string> Written() => FileJournal.Peek(_folder, new JournalQuery()).Select(e => e.Kind);

    [Fact]
    public async Task Answers_and_fills_of_bars_are_written_behind_the_bars()
    {
        _journal.Hold();
        // Notes are written at once after a second, and a command at once.
        _clock.Advance(TimeSpan.FromMinutes(1));
        await _journal.NoteAsync(Answer);
        _journal.Defer(Answer);
        await _journal.AppendOrHoldAsync([Answer]);
        await _journal.AppendAsync([Command]);
        Written().ShouldBe([nameof(SessionControlled)]);
        _journal.Release();
        await _journal.AppendAsync([Bars]);
        Written().ShouldBe([nameof(SessionControlled), nameof(BarsTaken)]);
        await _journal.FlushAsync();
        Written().Skip(2).ShouldBe([nameof(OrderAnswered), nameof(OrderAnswered), nameof(OrderAnswered)]);
    }

    [Fact]
    public async Task A_session_that_ends_before_its_bars_are_written_leaves_their_answers_to_the_next_start()
    {
        _journal.Defer(Answer);
        _journal.Hold();
        await _journal.NoteAsync(Answer);
        _journal.Drop();
        await _journal.FlushAsync();
        // The first one was there before the bars.
        Written().ShouldBe([nameof(OrderAnswered)]);
    }
}
